# 内置信箱。

mailbox-lede = 未设置邮件服务器时，系统写好的邮件都在这里，没有任何一封发出。
mailbox-lede-real = 邮件现在通过其他方式发出，这里是此前的邮件。
mailbox-search = 收件人地址
mailbox-find = 查找
mailbox-count = 共 { $count } 封
mailbox-html = 邮件样式
mailbox-text = 纯文本
mailbox-to = 收件人：{ $address }
mailbox-choose = 请选择一封邮件阅读。
mailbox-empty = 没有邮件。
