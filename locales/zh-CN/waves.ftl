# 调查批次：列表、预览、进展。

waves-new = 新建批次
waves-empty = 还没有调查批次。
waves-new-lede = 选择问什么、问谁。下一页会显示将邀请谁、不邀请谁以及原因。
waves-look = 查看邀请名单
waves-nothing-sent = 现在不会发送任何邮件。

waves-column-wave = 批次
waves-column-state = 状态
waves-column-starts = 开始
waves-column-closes = 截止日
waves-column-asked = 已邀请
waves-column-delivered = 已送达
waves-column-answered = 已回答
waves-column-rate = 回收率
waves-column-rule = 规则
waves-column-contacts = 联系人
waves-column-contact = 联系人
waves-column-account = 客户
waves-column-tier = 级别
waves-column-role = 角色
waves-column-verdict = 未邀请的原因
waves-column-then = 后续
waves-column-mails = 邮件
waves-column-tries = 尝试次数
waves-column-since = 自
waves-column-reply = 服务器答复

waves-field-name = 批次名称
waves-field-survey = 问卷
waves-field-tiers = 级别（不选即全部）
waves-field-regions = 区域（不选即全部）
waves-field-lines = 产品线（不选即全部）
waves-field-closes = 答卷截止日

waves-state-draft = 草稿
waves-state-scheduled = 已排期
waves-state-running = 进行中
waves-state-paused = 已暂停
waves-state-cancelled = 已取消
waves-state-finished = 已结束

waves-dry-run = 预演，尚未发送
waves-draft-lede = { $accounts } 个客户共 { $considered } 位联系人，其中将邀请 { $asked } 位，不邀请 { $left } 位。
waves-asks = 本问卷只询问以下类型客户档案的联系人：{ $kinds }。
waves-draft-waits = 开始时间：
waves-unschedule = 退回草稿
waves-discard = 作废
waves-rules = 邀请谁，其余的人因哪条规则不邀请
waves-rules-first = 每位联系人只计入最先适用的规则
waves-chart = 图
waves-roster = 名册人数
waves-asked = 将邀请
waves-by-tier = 按级别：
waves-mail-sample = 邮件样例（以一位受邀者为例）
waves-mail-from = 发件人
waves-mail-subject = 主题
waves-mail-none = 没有人会收到这封邮件。
waves-left-out = 未邀请者名单
waves-left-out-all = 导出全部 { $count } 位
waves-left-out-first = 前 { $count } 位

waves-own = 该批次将邀请的您的联系人
waves-holds-rule = 暂缓的联系人不会收到邀请，但计为已邀请而未回答。所有客户经理合计最多暂缓该批次所涉联系人的 { $share }，至少可暂缓一位。
waves-hold = 暂缓
waves-release = 恢复邀请
waves-held = 已暂缓
waves-held-sub = 不邀请，计为未回答
waves-held-by = 按客户经理：
waves-column-held-by = 暂缓人
waves-column-reason = 理由

waves-rule-inactive-account = 已不再往来
waves-rule-already-invited = 同一地址在本批次中已被邀请
waves-rule-no-consent = 未同意接收
waves-rule-suppressed = 已退订
waves-rule-no-address = 没有邮件地址
waves-rule-invalid-address = 邮件地址无效
waves-rule-address-bounced = 邮件曾被退回
waves-rule-asked-recently-relationship = { $days } 天内收到过关系调查
waves-rule-asked-recently-transactional = { $days } 天内收到过事后调查
waves-rule-asked-recently-any = { $days } 天内收到过调查
waves-rule-account-asked-enough = 该客户受邀人数已满
waves-rule-held-back = 客户经理暂缓

waves-then-asked = 上次 { $last }，{ $until } 起可再邀请
waves-then-enough = 每个客户每批次最多 { $most } 位
waves-then-mend = 请更正地址
waves-then-held = 计为未回答
waves-then-out = 不再邀请

waves-ready = 可以发送
waves-before = 发送之前
waves-check-somebody = 有人可邀请
waves-check-nobody = 没有人可邀请
waves-check-mail = 邮件可以为受邀者正常生成
waves-check-mail-faulty = 邮件模板有误，无法生成
waves-check-languages = 问卷的各语言，邮件都有对应文字
waves-check-languages-missing = 问卷的部分语言没有对应的邮件文字
waves-unspoken = 有 { $count } 位联系人使用 { $language }；邮件自带的文字将以{ $words }发出
waves-check-managers = 每个客户都有客户经理
waves-check-no-manager = { $count } 个客户没有客户经理
waves-check-no-manager-note = 他们的回答没有人负责跟进，邮件以公司名义署名。
waves-check-late = 截止日之后不再发送
waves-check-late-note = 逾期 { $hours } 小时的邮件不再发送，即使从备份恢复也是如此。
waves-transport-mailbox = 邮件进入内置信箱，不会发出。
waves-transport-folder = 邮件写成文件。
waves-transport-smtp = 邮件由邮件服务器发出。

waves-when = 时间
waves-when-now = 立即
waves-when-later = 稍后（您的时区：{ $zone }）
waves-when-at = 稍后的日期和时间
waves-start = 邀请 { $count } 位联系人

waves-pause = 暂停
waves-resume = 继续
waves-cancel = 取消本批次
waves-end = 提前结束
waves-cancel-hint = 尚未发出的邮件将不再发出。已收到邮件的人仍可作答，截止日期：
waves-close = 关闭问卷
waves-close-hint = 此后任何人都不能再通过本批次的链接作答或修改答案，尚未发出的邮件也不再发出。已提交的答案予以保留。
waves-started-lede = 本批次共 { $asked } 封邮件，已有 { $answered } 人回答，{ $left } 位联系人未邀请。
waves-planning = 名单仍在生成。
waves-rests = 邮件服务器出现故障，暂停发送至
waves-mails = 邮件进展
waves-mails-none = 还没有排定邮件。
waves-summary = 概况
waves-doubted = 有 { $count } 封邮件曾无法确定服务器是否已接收。
waves-doubted-given-up = 按设置，这类邮件绝不重发。
waves-doubted-asked-again = 按设置，这类邮件会重发。
waves-was-doubted = 曾无法确定是否已接收
waves-troubled = 失败或曾存疑的邮件

waves-mail-scheduled = 待发送
waves-mail-claimed = 即将发送
waves-mail-sending = 正在发送
waves-mail-sent = 已发送
waves-mail-failed = 失败
waves-mail-unknown = 未知：是否已接收
waves-mail-cancelled = 已撤销
waves-mail-too-late = 已过发送时限

waves-failure-hard = 地址不存在
waves-failure-soft = 对方信箱暂不接收
waves-failure-policy = 服务器不接收我们的邮件
waves-failure-unclear = 被拒收，未说明原因
waves-failure-connection = 无法连接服务器
waves-failure-unsendable = 无法投递
waves-failure-given-up = 已放弃：可能已送达

waves-cli-preview = { $accounts } 个客户共 { $considered } 位联系人：将邀请 { $asked } 位，不邀请 { $left } 位
waves-cli-rule = { $rule }：{ $count }
waves-cli-tier = 将邀请，{ $tier }：{ $count }
waves-cli-language = 将邀请，{ $language }：{ $count }
waves-cli-started = 批次 { $id }“{ $name }”{ $state }：将邀请 { $asked } 位。
waves-cli-line = { $id }  { $state }  “{ $name }”：邀请 { $asked }，送达 { $delivered }，回答 { $answered }
