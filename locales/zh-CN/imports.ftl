# 导入的结果。每条一行，不含标记。

imports-done = 读取 { $rows } 行：新增 { $added }，更改 { $changed }，未变 { $unchanged }。
imports-would = 试运行，未保存任何内容。读取 { $rows } 行：将新增 { $added }，更改 { $changed }，不变 { $unchanged }。
imports-accounts = 同时新增原先没有的客户 { $count } 个，归入最低等级。
imports-no-consent = 有 { $count } 位新联系人未表示同意，不会向其发送问卷；请在“consent”（同意）列中注明。
imports-more-faults = ……另有 { $count } 处错误。
