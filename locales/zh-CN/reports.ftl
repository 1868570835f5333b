# 月度报告及其选择页面。

report-about = 报告涵盖截至所选月份的六个月，并与之前的六个月相比。全文一页，不含外部链接，便于阅读、打印和转发。
report-month = 月份
report-all-tiers = 全部级别
report-open = 打开报告
report-download = 下载
report-kept = 留存的报告
report-kept-sub = 每月结束后生成，此后不再变动
report-kept-none = 暂无。报告于每月 1 日生成；您也可以在上方打开任一月份。
report-made-on = 生成时间
report-written = 已写入 { $file }

report-title = 客户报告，{ $month }
report-kind = { $organisation } · 客户月度报告
report-period =
    { $months ->
        [6] 截至 { $day }的六个月
       *[other] 截至 { $day }的 { $months } 个月
    }，与之前同样长的一段时间相比
report-answered = 送达 { $delivered } 封邮件，收到 { $responses }
report-running = 本月尚未结束，数据仍可能变动
report-indices = 各级客户指数
report-satisfaction = 满意指数
report-loyalty = 忠诚指数
report-change = NPS 的变化
report-effective = 有效 { $count }
report-satisfaction-change = 满意指数：{ $change }
report-multiples-sub = NPS，每点为截至当月的三个月，附 95% 区间
report-aspects-sub = 0 至 100 分的均值，附 95% 区间
report-aspect = 服务项目
report-scored = 得分
report-open-quote = “
report-close-quote = ”
report-said = { $tier }客户，{ $day }
report-actions = 正在采取的措施
report-levels-before = ：
report-levels-gap = ，
report-level = { $level } { $count } 条
report-step = { $step }，{ $account }。
report-stop = 。
report-done = 已完成
report-late = 已逾期
report-no-actions = 近期没有到期的案例步骤。
report-method = 区间均为 95%，方差按客户聚类；NPS 用调整 Wald 法（按有效样本），比例用 Wilson 法，指数用 t 区间。“超出偶然波动”指对所检验的 { $tested } 项变化作 Benjamini-Hochberg 校正后低于 5%。按人加权。预警与步骤以报告生成之日为准。
report-made = 生成于 { $instant }

report-step-listen = 倾听并找出真实需求
report-step-prepare-plan = 备好方案
report-step-visit = 上门拜访
report-step-offer-choice = 提供更多选择
report-step-keep-promise = 核实承诺已兑现
report-step-find-reason = 查明流失原因
report-step-rebuild-trust = 重建信任
report-step-stay-in-touch = 保持联系
report-step-evaluate = 评估并改进
report-step-offer-for-return = 提出回归方案
report-step-other = 其他步骤
