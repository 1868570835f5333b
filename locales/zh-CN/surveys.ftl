# 问卷：已发布的版本及其内容。

surveys-lede = 已发布的版本不再改动，因为回答取决于当时的问法；如有改动，即为新版本。
surveys-empty = 还没有发布问卷。
surveys-column-survey = 问卷
surveys-column-kind = 类型
surveys-column-questions = 题数
surveys-column-languages = 语言
surveys-column-published = 发布日期
surveys-column-question = 题目
surveys-column-answer = 回答方式
surveys-column-measure = 测量
surveys-complete = 齐全
surveys-incomplete = 其中有语言没有邮件文字
surveys-required = 必答

surveys-kind-relationship = 关系调查
surveys-kind-transactional = 事后调查
surveys-kind-thematic = 专题调查
surveys-kind-third-party = 第三方调查
surveys-kind-assisted = 电话或纸质调查
surveys-kind-mystery-visit = 神秘访问
surveys-kind-spot-check = 现场抽查
surveys-kind-internal = 员工调查
surveys-kind-partner = 伙伴调查

surveys-question-recommend = 0 至 10 分
surveys-question-rating = 评分
surveys-question-single = 单选
surveys-question-multiple = 多选
surveys-question-text = 文字
surveys-question-differential = 两极之间
surveys-question-ranking = 排序
surveys-question-constant-sum = 分配总数
surveys-question-yes-no = 是或否
surveys-question-number = 数字
surveys-question-date = 日期
surveys-question-line = 单行文字
surveys-question-contact = 联系方式
surveys-question-consent = 同意声明
surveys-question-information = 说明文字

surveys-measure-recommendation = 推荐意愿
surveys-measure-satisfaction = 满意度
surveys-measure-effort = 费力度
surveys-measure-expectation = 与期望相比
surveys-measure-ideal = 与理想的距离
surveys-measure-value = 性价比
surveys-measure-competition = 竞争吸引
surveys-measure-repurchase = 再次购买
surveys-measure-cross-purchase = 交叉购买
surveys-measure-price-tolerance = 价格容忍度
surveys-measure-share-of-wallet = 采购份额
surveys-measure-switching-cost = 转换成本
surveys-measure-outcome = 处理结果
surveys-measure-reason = 原因
surveys-measure-improvement = 改进建议
surveys-measure-contact = 允许联系
