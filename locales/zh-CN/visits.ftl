# 答卷存疑之处，以及链接被访问后留下的记录。

visits-doubtful = 存疑
visits-too-fast = 打开页面后 { $seconds } 秒即提交；点选 { $least } 项至少需要 { $least } 秒。
visits-no-sign = 由页面脚本提交，未见鼠标、键盘或触摸操作。
visits-line-group = “{ $group }”的 { $items } 项全部选了同一分值（{ $point }），而其中有反向计分的题目。
visits-line-all = { $items } 项评分全部选了同一分值（{ $point }）。
visits-promoter-dissatisfied = 愿意推荐（9 或 10 分），总体却不满意。
visits-detractor-delighted = 完全不愿推荐（0 至 2 分），总体却给了最高的满意度。
visits-promoter-leaves = 愿意推荐（9 或 10 分），却肯定不会再次购买。
visits-satisfied-with-nothing = 总体满意，却对各个方面都不满意。
visits-dissatisfied-with-nothing = 总体不满意，却对各个方面都满意。
visits-machine-near = 其链接有 { $count } 次访问像是程序所为。

visits-exclude = 不计入任何指标
visits-exclude-why = 不计入的理由
visits-exclude-hint = 理由会随答卷保留，并写入审计记录。之后仍可恢复计入。
visits-exclude-do = 不再计入
visits-restore = 恢复计入

visits-title = 程序访问与未提交的填答
visits-title-account = 像是程序所为的访问
visits-sub = 邮件网关会先于收件人打开链接。以下仅作凭据，不拦截任何人，也不计入任何指标。
visits-none = 未发现此类访问。
visits-begun = 已开始填写，尚未提交
visits-confirmed = 已开始填写，并已提交
visits-discarded = 已开始填写，始终未提交（已舍弃）
visits-marked = 带有此类迹象的邀请
visits-sign = 迹象
visits-invitations = 邀请数
visits-fetches = 访问次数
visits-program = 程序类别
visits-first = 首次
visits-last = 最近
visits-who = 链接归属
visits-sign-head = 只请求页面头部
visits-sign-name = 自报的名称不是浏览器
visits-sign-burst = 数秒内打开多个分值
visits-sign-hidden-link = 打开了隐藏链接，或与其相隔仅数秒
visits-agent-browser = 自称浏览器
visits-agent-mail-program = 邮件程序
visits-agent-scanner = 扫描程序
visits-agent-tool = 工具
visits-agent-nameless = 未报名称
