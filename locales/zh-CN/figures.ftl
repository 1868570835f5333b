# 数字有多可靠，用文字说明。

figure-interval = { $value }（{ $level } 区间 { $low } 至 { $high }）
figure-with-responses = { $figure }，{ responses }
figure-with-effective = { $figure }，{ responses }，有效样本 { $effective }

finding-lower-beyond = 比 { $than } 低 { $by }，超出偶然波动
finding-higher-beyond = 比 { $than } 高 { $by }，超出偶然波动
finding-lower-perhaps = 可能低 { $by }，也可能是偶然
finding-higher-perhaps = 可能高 { $by }，也可能是偶然
finding-none = 看不出超出偶然的变化
finding-not-comparable = 题目已更改，不可比较
finding-too-few = 答卷太少，无法判断

driver-caution = 与满意度关系最大；仅为相关，不等于原因

warning-chance = 下降 { $by } 分以上的概率为 { $chance }；{ $threshold } 起为{ $level }
false-alarms-red = 每 { $accounts } 个客户每年约 { $count } 次误报红色

# 图表中没有数据时的文字。
chart-nothing = 没有答卷
