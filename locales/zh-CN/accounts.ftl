# 客户：列表、单个客户和表单。

accounts-headline = 共 { $count } 个客户
accounts-search = 搜索
accounts-search-hint = 名称或客户编号
accounts-narrow = 筛选
accounts-count-of = 第 { $from } 至 { $to } 个，共 { $total } 个
accounts-page-before = 上一页
accounts-page-after = 下一页
accounts-none = 还没有客户。请从文件导入，或在此新建。
accounts-none-found = 没有符合条件的客户。

accounts-account = 客户
accounts-warning = 最高级别的预警
accounts-warnings = { $count } 条未关闭的预警
accounts-no-warning = 无
accounts-tier = 客户级别
accounts-region = 区域
accounts-line = 产品线
accounts-manager = 客户经理
accounts-deputy = 副手
accounts-deputy-is = 副手：{ $name }
accounts-nobody = 无
accounts-inactive = 已停用
accounts-contacts = 联系人
accounts-with-consent = 其中 { $count } 人同意受访
accounts-kind = 类型
accounts-group = 隶属
accounts-since = 自{ $day }起

accounts-kind-customer = 客户
accounts-kind-dealer = 经销商
accounts-kind-supplier = 供应商
accounts-kind-bank = 银行
accounts-kind-partner = 合作伙伴
accounts-kind-own = 本公司

accounts-new = 新建客户
accounts-edit = 修改
accounts-cancel = 取消
accounts-case = 个案
accounts-case-state = 状态
accounts-opened = 立案
accounts-number = 客户编号
accounts-number-hint = 与其他系统中的编号一致；此后不再更改
accounts-number-stays = 编号不再更改
accounts-tier-hint = 新级别从今天起生效；此前的答卷仍计入当时的级别
accounts-active = 启用
accounts-active-hint = 停用的客户不再受访，夜间检查也不再涉及

# 满意度走势。
accounts-course-fell = 自{ $since }以来，满意度从约 { $then } 降至约 { $now }
accounts-course-stands = 满意度约为 { $now }（95% 区间 { $interval }）
accounts-course-sub = 每天当时所知的水平（满分 100），向同级客户收缩。阴影为 80% 和 95% 区间，每个圆圈是一份答卷
accounts-course-foot = 水平依据迄今全部答卷估计，并顾及各人评分宽严不同。没有新答卷时，区间会变宽。
accounts-course-label = { $name }的满意度水平
accounts-course-none = 尚无答卷反映其满意度
accounts-course-none-hint = 收到第一份答卷后开始绘制走势。
accounts-level-word = 水平
accounts-level-head = 水平（95% 区间）
accounts-tier-usual = { $tier }级客户 { $mean }
accounts-turn-words = 预警：黄、橙、红
accounts-turn = { $day }起为{ $level }
accounts-ring = { $day }：{ $who }评 { $score } 分
accounts-day = 日期
accounts-figures = 以表格显示数据
accounts-warning-open = 打开预警

# 订单及其节奏。
accounts-orders-overdue = 自{ $last }以来没有订单；原预计在{ $next }前下单
accounts-orders-on-time = 上次下单：{ $last }；预计下次在{ $next }前后
accounts-orders-soon = 上次下单：{ $last }；原预计在{ $next }前后下单，目前仍在正常波动之内
accounts-orders-pause = 上次下单：{ $last }；往年此时也曾停单，{ $until }前不算逾期
accounts-orders-no-rhythm = 订单太少，看不出节奏
accounts-orders-none = 没有订单记录
accounts-orders-none-hint = 订单由文件或接口导入。
accounts-orders-sub =
    { $currency ->
        [CNY] { $size ->
            [myriad] 订单金额，单位：万元。
           *[other] 订单金额，单位：元。
        }
       *[other] { $size ->
            [myriad] 订单金额，单位：万 { $currency }。
           *[other] 订单金额，单位：{ $currency }。
        }
    }
accounts-gap = { "" }
accounts-rhythm = 通常间隔 { $usual }，95% 的间隔不超过 { $limit }（依据 { $gaps } 个间隔）
accounts-orders-label = { $name }的订单
accounts-amount =
    { $currency ->
        [CNY] { $size ->
            [myriad] 金额（万元）
           *[other] 金额（元）
        }
       *[other] { $size ->
            [myriad] 金额（万 { $currency }）
           *[other] 金额（{ $currency }）
        }
    }
accounts-order =
    { $late ->
        [0] { $day }：{ $amount }
       *[other] { $day }：{ $amount }，交付迟 { $late } 天
    }
accounts-expected = 预计{ $day }
accounts-overdue-word = 已逾期

# 近期记录。
accounts-events = 近期记录
accounts-events-none = 暂无记录。
accounts-and-then = { " · " }
accounts-event-response = { $who }：{ $scores }
accounts-event-case-opened = 个案立案
accounts-event-case-closed = 个案结案
accounts-event-order = 最近一次下单，{ $amount }
accounts-event-tier = 转入“{ $tier }”级

accounts-warnings-title =
    { $count ->
        [0] 没有未关闭的预警
       *[other] { $count } 条未关闭的预警
    }
accounts-warnings-none = 从未有过预警。
accounts-cases-none = 没有个案。
accounts-tier-history = 级别变化
accounts-from = 生效日期

# 答卷与联系人。
accounts-responses-title = 客户的答复，最近一次在{ $day }
accounts-responses-none = 尚未答复
accounts-responses-sub = 由近及远，附推荐分（0 至 10）和满意度（0 至 100）
accounts-recommends = 推荐分 { $score }
accounts-satisfaction = 满意度 { $score }
accounts-earlier = 更早的答卷
accounts-no-score = 未评分
accounts-response-excluded = 不计入
accounts-response-erased = 已删除
accounts-a-contact = 某位联系人
accounts-person = { $name }（{ $role }）

accounts-contacts-title =
    { $count ->
        [0] 没有联系人
       *[other] { $count } 位联系人中有 { $answered } 位在近 12 个月内答复过
    }
accounts-contacts-none = 请添加采购、使用和决策的人员。
accounts-contact-add = 添加联系人
accounts-contact-change = 修改{ $name }
accounts-contact-left = 已离职
accounts-contact-works = 仍在职
accounts-role = 岗位
accounts-role-hint = 采购、质量、设备工程等
accounts-phone = 电话
accounts-salutation = 称呼
accounts-salutation-hint = 用于信件；若与姓名相同则不填
accounts-consent = 同意受访
accounts-consent-yes = 是
accounts-consent-no = 否
accounts-consent-may = 同意通过邮件受访
accounts-consent-hint = 未经同意，绝不发送问卷
accounts-answered = 最近答复
accounts-never = 尚未答复
