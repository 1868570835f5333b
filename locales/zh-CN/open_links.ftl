# 公开链接与二维码：访客看到的文字，以及后台页面。

respond-who-sees-open = 除非您自己写明，否则本答卷不含您的姓名。负责质量的同事能看到您的回答。报告中只有与其他答卷合并后的结果。
respond-who-sees-open-manager = 除非您自己写明，否则本答卷不含您的姓名。{ $manager }和负责质量的同事能看到您的回答。报告中只有与其他答卷合并后的结果。
respond-change-until-here = 在 { $date } 之前，您可在本设备上用同一链接修改。
respond-door = 本问卷设有密码，密码由{ $company }提供。
respond-door-password = 密码
