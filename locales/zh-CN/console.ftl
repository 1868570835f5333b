# 控制台的框架和小页面。

language-name = 中文

skip-to-content = 跳到正文
nav-main = 主导航
nav-menu = 菜单
nav-overview = 概览
nav-accounts = 客户
nav-warnings = 预警
nav-cases = 赢回
nav-waves = 调查批次
nav-surveys = 问卷
nav-reports = 报告
nav-mailbox = 邮箱
nav-users = 人员
nav-audit = 操作记录
nav-me = 我的设置
nav-theme = 浅色／深色
nav-sign-out = 退出

role-administrator = 管理员
role-quality_manager = 质量经理
role-account_manager = 客户经理
role-executive = 高管
role-auditor = 审计员
role-in-region = { $role }，{ $region }

sign-in = 登录
save = 保存
show = 查看
all = 全部
older = 更早
newer = 更新

field-email = 邮箱地址
field-password = 密码
field-new-password = 新密码（至少 10 个字符；留空则不变）
field-language = 语言
field-zone = 时区（例如“Asia/Shanghai”）
field-name = 姓名
field-role = 角色
field-region = 区域
field-when = 时间
field-who = 操作人
field-what = 操作
field-account = 客户
field-change = 变更

user-add = 添加人员
user-inactive = 已停用
audit-empty = 尚无任何变更。
audit-service = 系统

# 我的设置
me-digest = 客户提要邮件
me-digest-yes = 有事需要我处理时发送
me-digest-no = 不发送

# 操作记录：操作与对象
audit-action-assigned = 移交
audit-action-changed = 修改
audit-action-changed-by-the-customer = 客户自行修改
audit-action-created = 新建
audit-action-escalated = 上报
audit-action-made = 生成
audit-action-password-set = 设置密码
audit-action-planned = 规划
audit-action-published = 发布
audit-action-recounted = 重新汇总
audit-action-sign-in-failed = 登录失败
audit-action-signed-in = 登录
audit-action-stepped = 推进
audit-action-suppressed = 停止发送
audit-action-unsubscribed = 退订
audit-action-raised = 发出
audit-action-rose = 升级
audit-action-fell = 降级
audit-action-lapsed = 解除
audit-action-excluded = 排除
audit-action-restored = 恢复
audit-action-erased = 清除
audit-action-started = 启动
audit-action-scheduled = 排期
audit-action-unscheduled = 取消排期
audit-action-paused = 暂停
audit-action-resumed = 继续
audit-action-cancelled = 取消
audit-action-halted = 停止
audit-action-finished = 结束
audit-action-asked = 重新评估
audit-action-cause = 确定原因
audit-action-ended = 结束
audit-action-owner = 移交
audit-action-reopened = 重新打开
audit-action-numbers = 修改估计
audit-action-touch = 记录联系
audit-action-step-added = 添加步骤
audit-action-admitted = 破例立案
audit-action-step-done = 完成步骤
audit-action-step-moved = 步骤改期
audit-record-user = 人员
audit-record-warning = 预警
audit-record-response = 答卷
audit-record-account = 客户
audit-record-case = 个案
audit-record-wave = 批次
audit-record-report = 报告
audit-record-survey = 问卷
audit-record-tallies = 汇总
audit-record-address = 地址
audit-record-contact = 联系人

# 退回的表单

form-changed-meanwhile = 他人在此期间已修改此记录，因此尚未保存。下面是您填写的内容；现有内容与之不同的，在该栏处注明。如再次提交，将以您填写的内容取代现有内容。
form-stands-now = 现有内容：{ $value }
form-ticked = 已勾选
form-not-ticked = 未勾选
form-held = 您填写的内容尚未保存，但除密码外都还在本页中。请不要关闭页面，稍后再提交一次。
form-held-button = 再次提交
form-typed = 您写下的内容尚未保存：
