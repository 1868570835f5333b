# 导入的结果。每条一行，不含标记。

imports-done = 读取 { $rows } 行：新增 { $added }，更改 { $changed }，未变 { $unchanged }。
imports-would = 试运行，未保存任何内容。读取 { $rows } 行：将新增 { $added }，更改 { $changed }，不变 { $unchanged }。
imports-accounts = 同时新增原先没有的客户 { $count } 个，归入最低等级。
imports-no-consent = 有 { $count } 位新联系人未表示同意，不会向其发送问卷；请在“consent”（同意）列中注明。
imports-more-faults = ……另有 { $count } 处错误。
imports-title = 导入文件
imports-lede = 文件要么全部导入，要么全不导入；同一文件再次导入不会改变任何内容。每处错误都指明行和列。
imports-open = 导入文件
imports-kind = 文件内容
imports-kind-responses = 答卷（第三方机构、电话或纸质收集）
imports-kind-subjects = 网点、班组和员工
imports-kind-accounts = 客户
imports-kind-contacts = 联系人
imports-kind-orders = 订单
imports-survey = 问卷
imports-of-responses = 仅用于答卷
imports-agency = 机构
imports-channel = 收集方式
imports-create = 为未知的客户编号建立客户，归入最低等级
imports-file = CSV 文件
imports-csv = CSV 文件内容
imports-csv-hint = 第一行为列名。此处最多 { $limit } KiB；更大的文件请用命令“bellwether import”导入。
imports-try = 试导入，不保存
imports-save = 正式导入
imports-faulty = 未保存任何内容：文件有 { $count } 处错误。
