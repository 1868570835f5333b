# 邮件：调查邀请，以及客户经理的每周提要。

# 邀请
mail-invitation-subject = 与我们合作感受如何？{ $minutes } 分钟即可
mail-invitation-preheader = 点一个数字即可，愿意的话再答几个小问题。
mail-invitation-greeting = { $name }，您好：
mail-invitation-scale-end = { $number }：{ $words }
mail-invitation-open = 打开问卷
mail-invitation-change = 点数字后打开的页面上仍可修改。
mail-invitation-no-numbers = 看不到数字？
mail-invitation-length = 约 { $minutes } 分钟，{ $until }截止。
mail-invitation-thanks = 谢谢您！
mail-invitation-manager = 您的客户经理
mail-invitation-manager-phone = 您的客户经理，电话 { $phone }
mail-invitation-reason = 您是{ $account }的联系人，因此收到此邮件，每年最多 { $times } 次。
mail-invitation-reason-role = 您是{ $account }的{ $role }联系人，因此收到此邮件，每年最多 { $times } 次。
mail-invitation-numbers = 请打开您所选数字下方的链接，在页面上仍可修改。
mail-unsubscribe = 不再接收
mail-privacy = 隐私说明

# 两句之间，以及以链接结尾的句末
mail-gap = { "" }
mail-stop = 。

# 纯文本部分：链接前的说明
mail-link = { $label }：{ $url }

# 提要
mail-digest-product = 风向标
mail-digest-subject = 本周有 { $count } 个客户需要您处理
mail-digest-headline = { $name }，本周有 { $count } 个客户需要您处理
mail-digest-summary = 您负责的 { $accounts } 个客户中，{ $warned } 个有新的或升级的预警，{ $due } 个有到期的步骤。
mail-digest-responses = { $count ->
        [0] 期间没有收到答卷。
       *[other] 期间收到 { $count } 份答卷。
    }
mail-digest-tiers = 您的各级客户，{ $period }
mail-digest-tier = 级别
mail-digest-nps = NPS
mail-digest-interval = 95% 区间
mail-digest-answers = 答卷
mail-digest-tier-line = { $tier }：{ $nps }（95% 区间 { $interval }），{ $responses } 份答卷
mail-digest-tier-hidden = { $tier }：{ $hidden }（{ $responses } 份）
mail-digest-when = 如有事需要您处理，下一封将于 { $date }（{ $weekday }）{ $time }（您的当地时间）发送。
mail-digest-stop = 不再接收提要
mail-level-red = 红色
mail-level-orange = 橙色
mail-level-yellow = 黄色
