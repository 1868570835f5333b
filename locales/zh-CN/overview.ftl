# 概览，以及报告与其共用的文字。

measure-response = 答卷
measure-asked = 回复率
measure-recommend = NPS
measure-recommend-score = 推荐评分
measure-satisfied = 满意比例（CSAT）
measure-effort = 便利程度
measure-satisfaction-index = 满意指数
measure-loyalty-index = 忠诚指数

list-comma = 、
list-and = { $first }和{ $last }
sentence-gap = { "" }

overview-as-of = { $instant }。本期送达 { $delivered } 封邮件，收到 { $responses }
overview-period = { $first }至{ $last }
overview-slice-period = 期间
overview-compared = { $period }，与 { $before } 相比。
overview-slice-region = 区域
overview-slice-line = 产品线
overview-slice-kind-all = 所有客户调查
overview-slice-kind = 调查类型
overview-slice-manager = 客户经理
overview-apply = 查看
overview-months = { $months } 个月
overview-span-quarter = 本财季至今：{ $period }
overview-span-quarter-before = 上一财季：{ $period }
overview-span-year = 本财年至今：{ $period }
overview-span-year-before = 上一财年：{ $period }
overview-accounts = { $count } 家客户
overview-nps-of = NPS，{ $count } 份答卷，有效样本 { $effective }
overview-nothing-before = 上期无数据可比
overview-interval = 95% 区间 { $interval }

overview-lede-recommend-less = { $tiers }客户的推荐意愿比上期下降，超出偶然波动。
overview-lede-recommend-more = { $tiers }客户的推荐意愿比上期上升。
overview-lede-satisfied-less = { $tiers }客户的满意度下降。
overview-lede-satisfied-more = { $tiers }客户的满意度上升。
overview-lede-none = 与上期相比，各级客户均看不出超出偶然的变化。
overview-lede-one-none = 与上期相比，{ $tier }客户看不出超出偶然的变化。

overview-title-less = { $tiers }客户的推荐意愿低于上期
overview-title-more = { $tiers }客户的推荐意愿高于上期
overview-title-none = 各级客户的推荐意愿均看不出超出偶然的变化
overview-title-one-none = { $tier }客户的推荐意愿看不出超出偶然的变化

overview-trend-sub = NPS，每点取截至当月的 { $months } 个月。阴影为所选级别的 95% 区间；空心圆为答卷不足 { $least } 份，不连线
overview-trend-label = 截至{ $month }的 24 个月各级客户 NPS；数据见下表
overview-trend-point = 截至以下月份的 { $months } 个月
overview-wave-word = 批次
overview-focus = 所选级别
overview-table = 数据表
overview-multiple-label = { $tier }客户 24 个月 NPS

overview-aspects-fell = “{ $aspect }”下降最多
overview-aspects-none = 各项服务均看不出超出偶然的下降
overview-aspects-sub = 0 至 100 分的均值及 95% 区间；全部级别，与上期相比
overview-aspects-more = 其余各项
overview-aspects-foot = 下降最多的排在最前。得分本身并不说明原因。

overview-figures = 本期全部数据
overview-tier = 级别
overview-measure = 指标
overview-figure = 数值
overview-column-interval = 95% 区间
overview-n = 样本量
overview-n-eff = 有效样本
overview-method = 方法
overview-p = p 值
overview-change = 变化
overview-method-foot = NPS：调整 Wald 法；比例：Wilson 法；指数：t 区间。同一客户的联系人答复相近，故均按有效样本计算；本页的变化检验统一校正（Benjamini-Hochberg）。

overview-warnings =
    { $count ->
        [0] 无未关闭的预警
       *[other] { $count } 条未关闭的预警
    }
overview-warnings-all = 全部预警
overview-cases =
    { $count ->
        [0] 赢回：无进行中的个案
       *[other] 赢回：{ $count } 个个案，扣除成本后价值 { $net }
    }
overview-cases-all = 打开队列
overview-cases-sub = 预期净值 = 回归概率 × 第二生命周期价值 − 成本，以 { $unit } 为单位
overview-arithmetic = 算式
overview-net = 净值
overview-case = 个案
overview-comments = 客户的话
overview-comments-sub = 最新的在前；联系人姓名仅有权限者可见
overview-comment-who = { $name }，{ $account }
overview-comment-score = 推荐意愿 { $score } 分
overview-account = 客户
overview-risk = 风险
overview-state = 状态
overview-empty = 本期没有答卷。
overview-empty-hint = 导入客户并启动一个调查批次，答卷到达后即可在此看到数据。
overview-report = 月度报告

overview-came = { $responses } 份答卷中，{ $ways }；其余均来自网页。
overview-came-way = { $way } { $count } 份
overview-slice-audience = 答卷对象
overview-slice-audience-all = 客户
overview-break = 措辞已改，第 { $version } 版
overview-break-many = 题目已更改
overview-few = 不足 { $count } 份答卷
overview-few-title = 本期{ $few }，或答卷尚待成组计入。
overview-doubts = 已排除 { $excluded } 份答卷，另有 { $counted } 份存疑答卷仍计入。
