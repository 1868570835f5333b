# 对不满意客户的承诺

nav-follow-ups = 回访承诺
follow-ups-title = 回访承诺
follow-ups-headline =
    { $count ->
        [0] 目前没有对不满意客户的未兑现承诺。
       *[other] 有 { $count } 项承诺待兑现，其中 { $overdue } 项已逾期。
    }
follow-ups-all = 全部
follow-ups-mine = 我的
follow-ups-open = 待兑现
follow-ups-sub = 致谢页已告知这些客户由谁联系、最晚何时联系。
follow-ups-closed = 最近关闭
follow-ups-none = 没有待兑现的承诺。
follow-ups-whom = 客户
follow-ups-how = 方式
follow-ups-who = 由谁联系
follow-ups-by = 期限
follow-ups-state = 状态
follow-ups-somebody = 已离开的联系人
follow-ups-state-open = 待兑现
follow-ups-state-done = 已兑现
follow-ups-state-declined = 客户不愿被联系
follow-ups-state-withdrawn = 不再需要
follow-ups-due =
    { $late ->
        [true] { $date }已到期，已逾期
       *[false] { $date }前
    }
follow-ups-wish-any = 方式不限
follow-ups-wish-telephone = 希望通电话
follow-ups-wish-mail = 希望收到邮件
follow-ups-wish-meeting = 希望面谈
follow-ups-one = { $account }：回访承诺
follow-ups-said = 客户告诉我们的
follow-ups-came-of-it = 结果
follow-ups-is-told = 客户可在其专属页面看到
follow-ups-is-not-told = 仅供内部参考
follow-ups-close = 我已联系客户
follow-ups-note = 结果如何
follow-ups-tell = 告知客户
follow-ups-tell-hint = 客户会在其专属页面看到这些文字。
follow-ups-close-do = 关闭
follow-ups-hand-on = 转交
follow-ups-hand-on-do = 转交
follow-ups-digest = 对客户的承诺
follow-ups-digest-line = { $contact }：{ $due }
follow-ups-reply = 给客户留言
follow-ups-reply-words = 留言内容
follow-ups-reply-hint = 客户会在其专属页面看到这些文字。
follow-ups-reply-do = 放到客户页面
follow-ups-reply-by = { $name }，{ $date }
follow-ups-willing =
    { $willing ->
        [true] 愿意做我们的推荐人
       *[false] 暂不愿意做推荐人
    }
follow-ups-digest-subject = 有 { $count } 项对客户的承诺即将到期
follow-ups-digest-headline = { $name }，有 { $count } 项对客户的承诺即将到期。
