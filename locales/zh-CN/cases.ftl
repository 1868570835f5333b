# 个案：客户保持与赢回。

case = 个案
case-state = 状态
case-purpose = 目的
case-owner = 负责人
case-tier = 等级
case-cause = 原因
case-outcome = 结果
case-probability = 回归概率
case-value = 第二生命周期价值
case-cost = 成本
case-net = 预期净值
case-next = 下一步
case-why-not = 未立案原因
case-nobody = 暂无

case-tab-open = 进行中
case-tab-deferred = 已延后
case-tab-closed = 已结案
case-summary-open =
    { $count ->
        [0] 没有进行中的个案
       *[other] { $count } 个进行中的个案，扣除成本后价值 { $net }
    }{ $below ->
        [0] { "" }
       *[other] ，另有 { $below } 个未达门槛
    }
case-summary-deferred = { $count } 个已延后的个案
case-summary-closed = { $count } 个已结案的个案
case-queue-title = 可以赢回什么，下一步做什么
case-queue-sub = 按预期净值排序：预期净值 = 回归概率 × 第二生命周期价值 − 成本。下方小字为概率取 90% 区间两端时的净值
case-queue-foot = 概率：先按原因取设置中的值，每有一个同因个案赢回或流失，即随之更新。
case-range = { $low } 至 { $high }
case-late = 逾期 { $days } 天
case-no-step = 尚未安排步骤
case-until = 延后至
case-gate-row = 门槛：预期净值不低于
case-gate-below =
    { $count ->
        [0] 没有个案低于门槛。
       *[other] 低于门槛的 { $count } 个个案连同原因保留在此，数字变化时会重新评估。
    }
case-waiting = 现已达到门槛；该客户另有个案进行中
case-empty = 这里没有个案
case-empty-why = 橙色或红色下降预警达到门槛时会自动立案，也可以从客户页面手动立案。

case-purpose-retention = 保持
case-purpose-win_back = 赢回
case-state-open = 进行中
case-state-refused = 未达门槛
case-state-deferred = 已延后
case-state-closed = 已结案

case-cause-unknown = 尚未查明
case-cause-price = 价格
case-cause-product = 产品
case-cause-delivery = 交付
case-cause-service = 服务
case-cause-competitor = 竞争对手
case-cause-given_up = 我方放弃
case-cause-involuntary = 非自愿流失

case-outcome-won_back = 已赢回
case-outcome-kept = 已保持
case-outcome-lost = 已流失
case-outcome-deferred = 已延后
case-outcome-not_pursued = 不再跟进

case-refusal-below_gate = 预期净值未达门槛
case-refusal-needs_reason = 我方放弃或非自愿流失的客户，需说明理由方可跟进

case-step-listen = 倾听，找到真正的需求
case-step-prepare_plan = 备好方案
case-step-visit = 拜访
case-step-offer_choice = 给出更多选择和时间
case-step-keep_promise = 兑现承诺
case-step-find_reason = 查明流失原因
case-step-rebuild_trust = 制定重建信任的计划
case-step-stay_in_touch = 保持联系
case-step-evaluate = 评估是否继续
case-step-offer_for_return = 提出回归方案
case-step-other = 步骤

case-channel-visit = 拜访
case-channel-telephone = 电话
case-channel-mail = 邮件
case-channel-meeting = 线上会议
case-channel-letter = 信函

case-source-orders =
    { $count ->
        [0] { $first } 至 { $last } 没有订单
       *[other] { $first } 至 { $last } 的 { $count } 笔订单
    }
case-source-setting = 设置 { $name }
case-source-closed =
    { $closed ->
        [0] “{ $cause }”原因的设置；尚无同因个案结案
       *[other] “{ $cause }”原因的设置，以及 { $closed } 个已结案的同因个案，其中成功 { $won } 个
    }
case-source-computed = 计算得出
case-source-entered = { $by }：{ $reason }

case-worth-it = 值得吗？
case-worth-sub = 每个数字都注明来源；所示数字相加即得结果
case-turnover = 正常时期十二个月的销售额
case-margin-share = 毛利占比
case-yearly-margin = 年毛利
case-years-worth = { $years } 年折合今日的年数
case-retention = 逐年留存
case-discount = 贴现率
case-rounded = 取整到
case-value-hint = 从回归之日算起，已经赚到的不计入。
case-interval-90 = 90% 区间
case-gain = 预期回报
case-gate-at = 门槛
case-gate-passed = 已达到
case-gate-refused = 未达到
case-own-figures = 使用自己的估计
case-own-hint = 留空的数字由系统计算。填写的数字会注明您的姓名和理由。
case-low = 下限
case-high = 上限
case-reason = 理由
case-ask-gate = 评估门槛
case-ask-again = 按今日数字重新评估

case-plan = 计划
case-done-of = 已完成 { $done }／{ $of }
case-done-by = 完成人：{ $who } ·
case-step-finish = 完成
case-step-move = 改期
case-step-add = 添加步骤
case-step-title = 要做什么
case-due = 期限
case-contacts = 联系记录
case-no-contact = 尚未就此个案与客户联系
case-contact-add = 记录联系
case-contact-note = 谈了什么
case-channel = 方式
case-offer = 提议
case-cause-note = 依据
case-cause-foot = 概率和成本取决于原因；更改原因会重新评估门槛。
case-end = 确认
case-until-hint = 仅在延后时填写
case-outcome-foot = 赢回或流失的结果会影响下一个同因个案的概率。
case-reopen = 重新跟进
case-hand-to = 移交给
case-hand-over = 移交
case-happened = 经过
case-opened-by-warning = 由预警立案于
case-opened-by-hand = 手动立案于
case-proposed = 看来{ $outcome }。
case-proposed-confirm = 请在“结果”中确认，或继续观察。
case-ground-orders = 立案以来有 { $count } 天下过订单，最近一次在 { $last }。
case-ground-response = { $day } 的答卷为 { $score } 分，已回到下降前的 { $old } 分水平。
case-ground-nothing = 自 { $since } 起 { $days }内没有订单。

case-new = 新建个案
case-new-foot = 提交后立即评估门槛。未达门槛的个案连同计算过程一并保留，数字变化时重新评估。
case-one-already = 该客户已有个案在跟进。
case-reason-hint = 我方放弃或非自愿流失的客户必须填写
case-bound-until = 与竞争对手的合同到期日
case-bound-hint = 如已知。计划将先重建信任，并在到期前三个月提出方案

case-event-opened = 立案：预期净值 { $to }，门槛 { $from }
case-event-refused = 未立案：预期净值 { $to }，门槛 { $from }
case-event-admitted = 达到门槛：预期净值 { $to }，门槛 { $from }
case-event-asked = 重新评估：预期净值由 { $from } 变为 { $to }
case-event-cause = 原因由“{ $from }”改为“{ $to }”
case-event-numbers = 采用自己的估计：预期净值由 { $from } 变为 { $to }
case-event-step_added = 添加步骤：{ $from }，期限 { $to }
case-event-step_done = 完成步骤：{ $from }，原定期限 { $to }
case-event-step_moved = 步骤由 { $from } 改期至 { $to }：{ $title }
case-event-touch = 已联系：{ $to }
case-event-owner = 由{ $from }移交给{ $to }
case-event-ended =
    { $from ->
        [yes] 结案：{ $to }（与建议一致）
       *[no] 结案：{ $to }
    }
case-event-deferred = 延后至 { $to }
case-event-reopened = 重新跟进
