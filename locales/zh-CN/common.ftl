# 数字、金额、时间的写法。

# 日期和数字遵循的区域习惯。
format-locale = zh-CN
format-locale-short = zh-CN

# 百分数前不留空格：48%。
percent = { $number }%
percent-interval = { $low }% 至 { $high }%
# 概率不取整为必然。
percent-above = { $number }% 以上
percent-below = 不足 { $number }%

# 用“至”，不用连接号：两端可能是负数。
interval = { $low } 至 { $high }

currency-unit =
    { $currency ->
        [CNY] 元
        [USD] 美元
        [EUR] 欧元
        [GBP] 英镑
        [JPY] 日元
        [HKD] 港元
        [TWD] 新台币
        [KRW] 韩元
        [CHF] 瑞士法郎
        [SEK] 瑞典克朗
       *[other] { " " }{ $currency }
    }
money = { $amount } { $currency ->
        [CNY] 元
        [USD] 美元
        [EUR] 欧元
        [GBP] 英镑
        [JPY] 日元
        [HKD] 港元
        [TWD] 新台币
        [KRW] 韩元
        [CHF] 瑞士法郎
        [SEK] 瑞典克朗
       *[other] { $currency }
    }
money-large = { $amount } 万{ currency-unit }
money-huge = { $amount } 亿{ currency-unit }

days = { $count } 天
responses = { $count } 份答卷

level-red = 红色
level-orange = 橙色
level-yellow = 黄色
