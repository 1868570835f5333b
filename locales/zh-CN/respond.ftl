# 客户填写问卷或退订时看到的文字，以发出问卷的公司的口吻。

# 语言的自称。
respond-this-language = 中文
respond-colon = ：
respond-list-gap = 、
respond-quoted = “{ $words }”

respond-behind = 已完成 { $percent }%
respond-all-asked = 问题到此结束
respond-all-asked-text = 点击提交后，您的回答才算数。
respond-step = 第 { $step } 步，共 { $steps } 步
respond-next = 下一步
respond-back = 上一步
respond-send = 提交
respond-optional = （选填）
respond-other = 请用您自己的话填写
respond-na = 不适用
respond-na-long = 没有接触过
respond-points = { $x } / { $last }

respond-yes = 是
respond-no = 否
respond-agreed = 已同意
respond-ranked = { $rank }. { $choice }
respond-with-unit = { $x } { $unit }
respond-contact-name = 姓名
respond-contact-email = 电子邮箱
respond-contact-telephone = 电话
respond-rank-how = 1 为第一位，每个名次只用一次。
respond-sum-so-far = 已分配 { $sum }，共 { $total }
respond-range = { $min } 至 { $max }
respond-range-from = 不小于 { $min }
respond-range-to = 不大于 { $max }
respond-days = { $min }至{ $max }
respond-days-from = { $min }起
respond-days-to = { $max }止

respond-prefilled = 已填入您在邮件中选择的 { $x } 分。点击本页的按钮提交后才算数。
respond-prefilled-other = 您之前在本页选择了 { $kept } 分，邮件中的链接是 { $x } 分。请选择符合您想法的分数。
respond-kept = 您在{ $date }填写的内容已为您保留。
respond-kept-here = 您在这台设备上填写的内容已恢复。
respond-kept-clear = 重新填写
respond-keeps = 填写的内容会为您保留，方便您稍后继续；提交后才算数。
respond-waits = 您的回答没有丢失。
respond-waits-stored = 目前没有网络连接。回答已保存在这台设备上，网络恢复后会自动发送。如果您关闭了本页，请稍后再次打开同一链接。
respond-waits-open = 目前没有网络连接。网络恢复后回答会自动发送，在此之前请不要关闭本页。
respond-waits-now = 立即重试
respond-waits-back = 返回修改
respond-your-manager = 您的客户经理是{ $manager }。
respond-who-sees-title = 谁会看到您的回答
respond-who-sees-manager = { $manager }和负责质量的同事能看到您的姓名和回答。报告中只有与其他答卷合并后的结果。
respond-who-sees = 负责贵公司业务和质量的同事能看到您的姓名和回答。报告中只有与其他答卷合并后的结果。
respond-who-sees-internal = 负责质量的同事能看到您的姓名和回答。报告中只有与其他答卷合并后的结果。

respond-anonymous = 本问卷为匿名问卷：保存回答时不记录您的姓名，包括我们在内，任何人都无法查出哪份回答是您的。
respond-who-sees-anonymous = 没有人能看到您的姓名与回答的对应关系。链接只用于保证每人答一次。回答会在稍后与他人的回答混合后一并开启，人数足够时才会统计。提交后无法查看或修改。请勿在文字中写出任何人的姓名，包括您自己的。
respond-anonymous-used = 此链接已使用。本问卷为匿名问卷，无法查出哪份回答是您的，因此这里不能显示或修改。

respond-preview = 这是预览：可以试填和翻页，但不会保存任何内容。
respond-preview-sent = 这是预览：填写齐全，没有保存任何内容。正式答题时，会记录回答，然后显示：{ $thanks }

respond-missing-point = 请在 { $min } 至 { $max } 之间选择一个数字。
respond-missing-choice = 请选择一个答案。
respond-missing-words = 请在此处填写几句话。
respond-missing-number = 请填写一个数字，千位之间不要加分隔符。
respond-missing-date = 请填写日期。
respond-missing-contact = 请填写联系方式。
respond-missing-consent = 请勾选此项后再继续。
respond-missing-sum = 请把 { $total } 以整数分配到以下各项。
respond-sum-off = 目前合计为 { $sum }，合计应为 { $total }。
respond-rank-all = 请使用 1 至 { $most } 的每个名次各一次。
respond-rank-some = 请在 1 至 { $most } 名中选择，每个名次只用一次，至少选 { $least } 项。
respond-alone = “{ $choice }”不能与其他选项同时选择，请保留其中之一。
respond-choices-range =
    { $min ->
        [1] 最多可选 { $max } 项。
       *[other] 请选择 { $min } 至 { $max } 项。
    }
respond-outside = 超出了可填写的范围：{ $range }。
respond-number-step = 请填写以 { $step } 为间隔的数字。
respond-line-expected = 请按以下格式填写：{ $expected }
respond-contact-missing-name = 请填写姓名。
respond-contact-missing-email = 请填写电子邮箱。
respond-contact-missing-telephone = 请填写电话号码。
respond-contact-wrong-name = 姓名过长，请缩短。
respond-contact-wrong-email = 请核对电子邮箱，格式应如 name@example.com。
respond-contact-wrong-telephone = 请核对电话号码：只能含数字及其间的空格或符号。
respond-wrong = 有 { $count } 处回答需要您再看一下。您已填写的内容都在。

respond-thanks-name = { $name }，感谢您。您的回答已记录。
respond-thanks = 感谢您。您的回答已记录。
respond-change-until = { $date }之前，可用同一链接修改。
respond-change-over = 本次调查已截止，您的回答不再变动。
respond-change-late = 修改期限已过，您的回答不再变动。
respond-change = 修改回答
respond-now = 接下来
respond-said = 您告诉我们的
respond-next-contact = { $manager }阅读您的回答，并按您的意愿与您联系。
respond-next-reads = { $manager }阅读您的回答。
respond-next-contact-team = 我们阅读您的回答，并按您的意愿与您联系。
respond-next-reads-team = 负责贵公司业务的同事阅读您的回答。
respond-next-reads-internal = 负责质量的同事阅读您的回答。
respond-next-added = 您的回答与其他人的回答合在一起，告诉我们应当先改进什么。

respond-privacy = 隐私说明
respond-stop-link = 不再接收此类邮件
respond-sent-by = 由{ $company }发送。
respond-sent-by-at = 由{ $company }（{ $address }）发送。
respond-open-until = “{ $survey }”{ $date }截止。

respond-stop = 不再接收此类邮件？
respond-stop-text = 确认后，{ $company }将不再向您的邮箱发送问卷。
respond-stop-button = 确认退订
respond-stopped = 您不会再收到此类邮件。
respond-stopped-text = { $company }不再向您的邮箱发送问卷。已在途中的邮件可能仍会送达。

respond-resend = 您的回答尚未保存。
respond-resend-text = 您填写的内容都还在本页中。请不要关闭页面，稍后再提交一次。
respond-resend-button = 再次提交

# 检查问卷文件和计数的命令

check-survey-valid = { $file }：有效。问卷 { $survey }，版本 { $version }，共 { $questions } 道题。
check-difference = { $place }：现为 { $is }，应为 { $should }
check-tallies-equal = 已清点 { $responses } 份答卷，{ $tallies } 项计数全部正确。
check-tallies-differ = 已清点 { $responses } 份答卷，{ $tallies } 项计数中有 { $differences } 项不符。
check-tallies-mended = 已用清点结果替换。
check-tallies-how = 未作任何更改。加上 --mend 可用清点结果替换。

# 回答之后的事，以及联系人自己的页面
respond-thanks-promoter = 很高兴您愿意推荐我们。我们会继续努力，不辜负您的信任。
respond-thanks-passive = 您的回答让我们看到还有哪些地方可以做得更好。
respond-thanks-detractor = 很抱歉我们没有达到您的期望。感谢您坦诚相告。
private-link = 您的专属页面：您说过的话，以及后来怎样了
private-promise-open =
    { $wish ->
        [telephone] { $name }将在{ $date }前给您打电话。
        [mail] { $name }将在{ $date }前给您写邮件。
        [meeting] { $name }将在{ $date }前与您约定面谈。
       *[any] { $name }将在{ $date }前与您联系。
    }
private-promise-done = { $name }已于{ $date }与您联系。
private-promise-declined = 按您的意愿，我们不会就此与您联系。
private-wish-telephone = 请打电话给我
private-wish-mail = 请写邮件给我
private-wish-meeting = 请与我面谈
private-wish-none = 请不要联系我
private-review = 去写评价
private-reference-yes = 您表示愿意。您可以随时更改。
private-reference-no = 您表示暂不愿意。您可以随时更改。
private-title = { $name }，这是您的专属页面
private-about = 您代表{ $account }向{ $company }说过的话，以及后来怎样了。持有本页链接的人都能看到，请勿转发。
private-nothing = 您还没有回答过我们的问卷。
private-rest = 另有 { $count } 项回答
private-became = 后来怎样了
private-became-added = 您的回答已有人阅读，并与其他人的回答一起统计。
private-done = 我们已经做到的
private-reply-by = { $name }，{ $date }
private-mails-title = 我们的邮件
private-mails = 您会收到{ $company }发来的问卷邮件。
private-stopped = 您不会再收到{ $company }的问卷邮件。
