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
