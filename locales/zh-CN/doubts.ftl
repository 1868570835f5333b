# 存疑答卷。

nav-doubts = 存疑答卷
doubts-title = 存疑答卷
doubts-sub = 存疑答卷照常计入，除非有人注明理由将其排除，操作均有记录。被排除的答卷仍列于此，可随时恢复计入。数据随即更新，预警在当晚重新检查。
doubts-flag = 存疑原因
doubts-flag-too-fast = 提交过快
doubts-flag-no-sign = 未见人工操作
doubts-flag-straight-line = 各题选同一分值
doubts-flag-contradiction = 答案前后矛盾
doubts-survey = 问卷
doubts-wave = 调查批次
doubts-state = 是否计入
doubts-state-kept = 计入
doubts-state-excluded = 已排除
doubts-filter = 查看
doubts-took = 用时 { $seconds } 秒
doubts-why = 排除理由：{ $why }
doubts-anonymous = 匿名调查
doubts-by-link = 开放链接：{ $name }
doubts-first = 最新
doubts-next = 更早
doubts-none = 没有此类存疑答卷。
