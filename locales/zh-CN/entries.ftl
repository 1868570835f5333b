# 代联系人录入的答卷。

channel-web = 网页
channel-import = 历史数据
channel-telephone = 电话
channel-paper = 纸质
channel-third-party = 第三方机构
channel-open-link = 公开链接
channel-spot-check = 现场抽查
entries-enter = 录入答卷
entries-title = 录入 { $name } 的答卷
entries-lede = 联系人通过电话或纸质问卷作出的回答。与其他答卷同样计入，并标明途径和录入人。客户的负责人不能录入该客户的答卷。
entries-invitation = 对应的邀请
entries-invitation-hint = 该邀请将视为已答复，其链接显示所录入的内容。
entries-no-invitation = 无邀请
entries-invitation-of = { $name }：{ $survey }，{ $day }
entries-contact = 联系人
entries-nobody-named = 未指明
entries-survey = 问卷
entries-channel = 方式
entries-day = 通话日期或问卷上的日期
entries-begin = 进入问题
entries-back = 返回
entries-for = { $account }
entries-note = { $who }，{ $channel }，{ $day }。请按原文提问，如实录入。
entries-by = { $channel }，录入人：{ $name }
entries-from = { $channel }：{ $source }
