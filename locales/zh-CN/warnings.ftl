# 预警：原因、处理过程和页面。

warning-cause-low_score = 低分
warning-cause-decline = 满意度下降
warning-cause-silence = 不再答复
warning-cause-competitor_named = 提到竞争对手
warning-cause-order_late = 交付延迟
warning-cause-purchase_decline = 采购减少
warning-cause-order_overdue = 逾期未下单
warning-cause-rhythm_unstable = 下单不规律
warning-cause-logistics = 物流运输
warning-cause-product_quality = 产品质量
warning-cause-complaint = 用户投诉
warning-cause-request_unanswered = 需求未答复
warning-cause-payment_late = 付款延迟
warning-cause-probable_churn = 可能已流失
warning-cause-contact_lost = 联系人失联

warning-level-red = 红色
warning-level-orange = 橙色
warning-level-yellow = 黄色
warning-of-level = { $level }预警

warning-state-open = 待认领
warning-state-acknowledged = 已认领
warning-state-cause_found = 已查明原因
warning-state-remedy_under_way = 整改中
warning-state-done = 已整改
warning-state-verified = 已验证
warning-state-reopened = 已重开
warning-state-lapsed = 自行消失

warning-trend-worse = 加重
warning-trend-same = 平稳
warning-trend-better = 缓和

warning-rung-deputy = 副手
warning-rung-quality_manager = 质量经理

# 发现了什么。概率用百分数。
warning-says-decline = 自{ $since }以来水平下降 { $by } 分以上的概率为 { $chance }；{ $threshold } 起为{ $level }。当时约 { $then }，现在约 { $now }（95% 区间 { $interval }）。
warning-says-low-recommend = { $day }，一位联系人的推荐分为 { $score }（满分 10）；此级客户 { $low } 分及以下为低分。{ $contacts ->
        [1] { "" }
       *[other] 最近一次答复同样低的联系人共 { $contacts } 位。
    }
warning-says-low-satisfaction = { $day }，一位联系人的满意度为 { $score }（满分 100）；此级客户 { $low } 分及以下为低分。{ $contacts ->
        [1] { "" }
       *[other] 最近一次答复同样低的联系人共 { $contacts } 位。
    }
warning-says-silence = 自{ $since }起连续 { $rounds } 轮调查未获答复，共询问 { $contacts } 位联系人；此前 { $before } 轮中有 { $answered } 轮得到答复，最近一次在{ $last }。若情况未变，出现这样沉默的概率为 { $chance }。
warning-says-order-late = 自{ $first }以来应交付的 { $n } 个订单中有 { $late } 个延迟（{ $share }），平均延迟 { $mean } 天，最长 { $worst }。{ $undelivered ->
        [0] { "" }
       *[other] 其中 { $undelivered } 个仍未交付。
    }
warning-says-order-overdue = 自{ $last }以来没有订单；原预计在{ $expected }前下单。距上次下单已 { $since }，通常为 { $usual }，比其 95% 的下单间隔还长 { $overdue }。间隔如此之长的概率为 { $chance }（依据 { $gaps } 个间隔）。
warning-false-alarms = 按此规则，每 { $accounts } 个客户每年至多约 1 次误报{ $level }。

warning-due-acknowledge = 请在{ $day }前认领
warning-due-remedy = { $day }前完成整改

# 预警总表
warning-title = 预警
warning-headline = { $count ->
        [0] 没有未关闭的预警
       *[other] { $count } 条预警未关闭
    }
warning-waiting = { $count ->
        [0] 均已认领
       *[other] { $count } 条未认领
    }
warning-none = 这里没有预警。系统每夜检查评分、走势、答复和订单，并据此发出预警。
warning-field-account = 客户
warning-field-cause = 风险
warning-field-finding = 发现
warning-field-state = 状态
warning-field-owner = 负责人
warning-field-due = 期限
warning-field-level = 级别
warning-field-tier = 客户等级
warning-field-manager = 客户经理
warning-since = { $day }起，{ $trend }
warning-closed-on = { $day }关闭
warning-nobody = 无人
warning-filter = 筛选
warning-filter-open = 未关闭
warning-filter-closed = 已关闭
warning-any = 不限
warning-chosen = 请选择
warning-count-of = 第 { $from } 至 { $to } 条，共 { $total } 条

# 单条预警
warning-why = 为什么是{ $level }
warning-what-found = 发现了什么
warning-level-then = { $day }的水平
warning-level-then-note = 由此前的答卷和所属等级得出
warning-level-now = 现在的水平
warning-level-now-note = 95% 区间 { $interval }
warning-gave = { $day }：评分 { $score }，权重 { $weight }
warning-earlier = 此前 { $count } 份答卷
warning-earlier-note = 合计
warning-earlier-open = 查看此前的 { $count } 份答卷
warning-somebody = 匿名
warning-details = 各答卷的影响
warning-points = 分
warning-progress = 处理进度
warning-real-cause = 原因
warning-remedy = 整改措施
warning-owing = 责任方
warning-owing-hint = 每行一个部门或人员
warning-due-on = 完成期限
warning-next = 下一步
warning-step-acknowledged = 认领
warning-step-cause_found = 已查明原因
warning-step-remedy_under_way = 开始整改
warning-step-done = 整改完成
warning-step-verified = 验证有效
warning-step-reopened = 重新打开
warning-back-cause_found = 退回：查明另有原因
warning-note-acknowledged = 备注（可不填）
warning-note-cause_found = 原因是什么？
warning-note-remedy_under_way = 采取什么措施？
warning-note-done = 备注（可不填）
warning-note-verified = 依据是什么？
warning-tell = 告知客户的内容（可不填）
warning-tell-hint = 此前答过卷的联系人会在各自的专属页面看到这些文字。不填则不告知。
warning-note-reopened = 为什么还没有解决？
warning-assign = 转交他人
warning-assign-do = 转交
warning-owner = 负责人
warning-history = 处理记录
warning-service = 系统
warning-event-raised = 发出{ $to }预警
warning-event-rose = 由{ $from }升为{ $to }
warning-event-fell = 由{ $from }降为{ $to }
warning-event-lapsed = 依据消失，自行关闭
warning-event-escalated = 上报{ $to }：{ $why }
warning-event-stepped = { $to }
warning-event-told = 已告知客户
warning-event-assigned = 转交给 { $to }
warning-neglect-not_acknowledged = 未按时认领
warning-neglect-not_done = 未按时完成

# 提要邮件
warning-digest-open = 查看预警
warning-digest-was = { $news ->
        [new] 新预警。
        [worse] 比之前加重。
        [better] 比之前缓和。
       *[over] 已关闭。
    }
warning-digest-more = 另有 { $count } 项：{ $causes }。
warning-digest-preheader = 红色预警 { $red } 条，橙色 { $orange } 条，黄色 { $yellow } 条。
warning-digest-date = { $date }，{ $weekday }

# 并列成分之间
warning-list-separator = 、
