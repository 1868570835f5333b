# The built-in mailbox.

mailbox-lede = What the service has written while no mail server is set. Nothing of this has left the house.
mailbox-lede-real = Mails leave by another way now; here are the letters from before.
mailbox-search = Address of the recipient
mailbox-find = Find
mailbox-count = { $count ->
        [one] One letter
       *[other] { $count } letters
    }
mailbox-html = As mailed
mailbox-text = Plain text
mailbox-to = To { $address }
mailbox-choose = Choose a letter to read it.
mailbox-empty = There are no letters.
