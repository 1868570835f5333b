# 命令行的输出。每条一行，不含标记。

cli-migrated = 已执行：{ $name }
cli-migrated-nothing = 数据库已是最新。
cli-serving = 服务已启动：{ $address }。按 Ctrl-C 停止。
cli-serving-metrics = 运行指标：{ $address }
cli-stopping = 正在停止：已收到的请求会处理完毕。再按一次 Ctrl-C 立即停止。
cli-stopped = 已停止。
cli-user-added = { $name } <{ $email }> 现在可以登录。
cli-password-set = 已为 { $name } <{ $email }> 设置新密码，其全部会话均已结束。
cli-password-made = 密码：{ $password }

doctor-settings = 设置：已读取，彼此一致
doctor-house = 文本、模板和链接签名密钥均正常
doctor-base-url-local = 邮件中的链接将指向 { $value }，只有本机能够访问；请设置 base_url
doctor-database = 数据库：{ $engine } 可以连接
doctor-database-beside = 当前有一个进程正在使用该数据库提供服务
doctor-schema = 表结构：与本程序一致
doctor-schema-older = 表结构：与本程序不一致；请运行“bellwether migrate”
doctor-users = 可以登录的人员：{ $count } 名
doctor-users-none = 还没有人可以登录；请运行“bellwether user add”
doctor-accounts = 客户：{ $count } 家
doctor-mail-mailbox = 邮件：留在内置邮箱，不会离开本机
doctor-mail-folder = 邮件：写入 { $folder }
doctor-mail-smtp = 邮件：{ $host } 可以连接并登录
doctor-metrics = 运行指标：{ $address }
doctor-metrics-off = 运行指标：未提供（未设置 metrics.listen）
doctor-end-well = 所需的一切均已就绪。
doctor-end-faults = 尚有缺失；请查看标有 ✗ 的各行。

demo-seeding = 正在生成科望轴承（Corvane Bearings）及其客户两年的数据……
demo-seeded = 客户 { $accounts } 家，联系人 { $contacts } 名，订单 { $orders } 笔，邀请 { $invitations } 份，答卷 { $responses } 份；未关闭的预警 { $warnings } 条。用时 { $seconds } 秒。
demo-kept = 沿用上次的数据（使用 --reset 可重新生成）。
demo-open = 请在浏览器中打开 { $address }。
demo-sign-in = 可用以下任一身份登录，密码均为 { $password }
demo-mailbox = 邮件不会离开本机，发出的邮件都在内置邮箱中：{ $address }
check-survey-warning = 提醒：{ $text }
check-survey-gaps = 有 { $count } 处文字没有 { $language } 译文。
check-survey-unspoken = 提醒：程序没有 { $language } 的文字；该问卷的邮件以及页面上程序自带的文字将使用其他语言。
check-survey-spoken-partly = 提醒：程序自带的文字中有 { $count } 处没有 { $language } 译文，将以英文显示。
doctor-language-partly = 文字：{ $language } 缺少 { $count } 处译文，以英文显示
doctor-language-survey = 文字：没有 { $language } 译文，而 { $surveys } 可用该语言作答；邮件和按钮将使用其他语言
doctor-language-contacts = 文字：没有 { $language } 译文，而有 { $count } 位联系人使用该语言；发给他们的邮件将使用其他语言
check-survey-versions = { $survey }：从第 { $from } 版到第 { $to } 版
check-survey-changed = - { $question }：{ $changes }
check-survey-broken = 断开的序列：{ $measures }。
check-survey-unbroken = 没有序列断开。
