# 出了什么问题：每个代码一条。变量为 [absent] 时句子也要通顺。先说问题，再说怎么办。

fault-at = { $place }：{ $text }
place-field = 字段“{ $name }”
place-setting = 设置项“{ $name }”
place-line = { $file } 第 { $line } 行第 { $column } 列
place-cell = 第 { $row } 行“{ $column }”列

# 输入

error-value-missing = 此处必须填写。
error-value-malformed =
    { $value ->
        [absent] 此处的格式不正确。
       *[other] “{ $value }”的格式不正确。
    }{ $expected ->
        [absent] { "" }
       *[other] 应为：{ $expected }。
    }
error-value-out-of-range =
    { $value ->
        [absent] 此值
       *[other] “{ $value }”
    }超出允许的范围{ $min ->
        [absent] { $max ->
            [absent] { "" }
           *[other] （最大 { $max }）
        }
       *[other] { $max ->
            [absent] （最小 { $min }）
           *[other] （{ $min } 至 { $max }）
        }
    }。
error-value-unknown =
    { $value ->
        [absent] 此值不在可用的值之列。
       *[other] “{ $value }”不在可用的值之列。
    }{ $known ->
        [absent] { "" }
       *[other] 可用的值：{ $known }。
    }
error-value-too-short =
    文字过短{ $min ->
        [absent] ，请补充。
       *[other] ，此处至少需要 { $min } 个字符。
    }
error-value-too-long =
    文字过长{ $max ->
        [absent] ，请缩短。
       *[other] ，此处最多 { $max } 个字符。
    }
error-value-conflicting =
    { $value ->
        [absent] 此值
       *[other] “{ $value }”
    }不能与其他已填的值同时出现，请去掉其中之一。
error-value-unprintable = 此文字含有控制字符或改变书写方向的标记，请删除。
error-value-twice =
    { $value ->
        [absent] 此值
       *[other] “{ $value }”
    }出现了两次，此处不能重复。
error-value-taken =
    { $value ->
        [absent] 此值
       *[other] “{ $value }”
    }已被占用，此处不能重复。请换一个，或修改已使用它的记录。
error-input-faulty =
    { $count ->
        [absent] 输入内容有错误，尚未保存。请改正后重试。
       *[other] 输入内容有 { $count } 处错误，尚未保存。请改正后重试。
    }
error-body-too-large =
    发送的内容过大{ $limit ->
        [absent] { "" }
       *[other] ，最多接受 { $limit } kB
    }。请分次发送。

# 设置

error-setting-faulty =
    { $setting ->
        [absent] 该设置项无效。
       *[other] 设置项“{ $setting }”无效。
    }{ $reason ->
        [absent] 请检查设置文件、环境变量和命令行中的名称与取值。
       *[other] 原因：{ $reason }。
    }
error-setting-unknown =
    { $setting ->
        [absent] 没有这个设置项。
       *[other] 没有名为“{ $setting }”的设置项。
    }{ $near ->
        [absent] 全部设置项见 config.example.toml。
       *[other] 是否应为“{ $near }”？
    }
error-setting-contradiction =
    { $setting ->
        [absent] 该设置项
       *[other] 设置项“{ $setting }”
    }与{ $other ->
        [absent] 另一设置项
       *[other] “{ $other }”
    }不能同时这样设置，请修改其中一项。
error-setting-contrast =
    { $ratio ->
        [absent] 某个颜色在底色上难以辨认，请另选颜色。
       *[other] { $under } 上的{ $what ->
            [control] 输入框边线
            [mark] 标记
           *[text] 文字
        }颜色 { $over } 对比度仅为 { $ratio }:1，至少需要 { $least }:1{ $near ->
            [absent] 。
           *[other] ，例如可改用 { $near }。
        }
    }
error-setting-logo =
    { $reason ->
        [absent] 徽标无法显示，请另选文件。
        [size] 徽标文件“{ $file }”超过 { $max } 字节，请缩小。
        [kind] 徽标文件“{ $file }”既不是 PNG，也不是 SVG。
       *[other] 徽标文件“{ $file }”含有“{ $reason }”：图形中不得含有程序，也不得引用外部内容，请删去。
    }
error-setting-database-url =
    { $scheme ->
        [absent] 数据库地址
       *[other] 本程序不支持“{ $scheme }”；数据库地址
    }须以 sqlite:// 或 postgres:// 开头。
error-setting-database-tls = 数据库地址要求以加密方式连接 PostgreSQL，而本程序未包含 TLS 支持。请换用含 TLS 的版本，或通过受保护的网络以 sslmode=disable 连接。
error-locale-faulty =
    文本文件有错误{ $reason ->
        [absent] { "" }
       *[other] ：{ $reason }
    }。请改正，或移除该文件。

# 文件

error-file-unreadable =
    { $file ->
        [absent] 有文件无法读取。
       *[other] 文件“{ $file }”无法读取。
    }请检查它是否存在、文本是否为 UTF-8 编码，以及本服务是否有权读取。
error-file-unwritable =
    { $file ->
        [absent] 有文件无法写入。
       *[other] 文件“{ $file }”无法写入。
    }请检查所在目录是否存在、本服务是否有权写入，以及是否还有空间。
error-import-column =
    { $value ->
        [absent] 文件中有无法识别的列。
       *[other] 无法识别列“{ $value }”。
    }{ $near ->
        [absent] { "" }
       *[other] 是否应为“{ $near }”？
    }{ $known ->
        [absent] 请对照文档检查表头。
       *[other] 可用的列：{ $known }。
    }
error-import-column-missing =
    { $value ->
        [absent] 文件缺少必需的列。
       *[other] 文件缺少必需的列“{ $value }”。
    }{ $known ->
        [absent] 请对照文档检查表头。
       *[other] 该列也可以写作：{ $known }。
    }
error-import-encoding = 文件从此处起不是 UTF-8 编码。请另存为“CSV UTF-8”后重新导入，数据没有丢失。
error-import-row =
    此行的单元格数与表头不一致{ $expected ->
        [absent] { "" }
       *[other] { $found ->
            [absent] （应有 { $expected } 个）
           *[other] （应有 { $expected } 个，实有 { $found } 个）
        }
    }。请检查分隔符和引号。
error-import-question-not-asked =
    { $value ->
        [absent] 按该行的其他回答，此题不会被问到
       *[other] 按该行的其他回答，不会问到“{ $value }”所回答的问题
    }。请清空该单元格，或更正前面的回答。
error-import-account-unknown =
    { $value ->
        [absent] 没有客户使用该客户编号。
       *[other] 没有客户使用客户编号“{ $value }”。
    }请改正编号，或先导入该客户。
error-import-account-circle =
    { $value ->
        [absent] 该客户将直接或间接成为自己的上级。
       *[other] 若以“{ $value }”为上级，该客户将直接或间接成为自己的上级。
    }请改正上级客户一列。

# 问卷与批次

error-survey-faulty =
    问卷定义无效{ $reason ->
        [absent] 。请改正后重新检查。
       *[other] ：{ $reason }。
    }
error-survey-unknown =
    { $value ->
        [absent] 没有这份问卷或这个版本。
       *[other] 没有问卷“{ $value }”或这个版本。
    }请从问卷列表中选择。
error-survey-version-changed = 已发布的版本不再改动，因为答卷以它为准。请为修改后的定义使用新的版本号。
error-survey-account-kind =
    { $value ->
        [absent] 该客户
       *[other] 客户“{ $value }”
    }的类型不在该问卷的调查对象之内{ $known ->
        [absent] 。
       *[other] （{ $known }）。
    }客户、供应商、经销商和员工的指标分开统计。
error-survey-not-open = 匿名问卷只能通过邀请作答：公开链接会透露回答的来源。
error-survey-not-sent =
    { $kind ->
        [spot_check] 现场抽查不发送给任何人：由本公司人员登录后在现场填写。
        [mystery_visit] 神秘访问不发送给任何人：由访问人员登录后录入。
        [third_party] 第三方调查不从本系统发送：其答卷通过导入录入。
        [assisted] 电话或纸质调查不发送：由本公司人员代联系人录入答卷。
       *[other] 此类问卷不能通过批次发送，请选择其他问卷。
    }
error-wave-state =
    { $state ->
        [absent] 该批次当前的状态不允许此操作。
        [draft] 该批次仍是草稿，不允许此操作。
        [scheduled] 该批次已排期，不允许此操作。
        [running] 该批次正在进行，不允许此操作。
        [paused] 该批次已暂停，不允许此操作。
        [finished] 该批次已结束，不允许此操作。
        [cancelled] 该批次已取消，不允许此操作。
       *[other] 该批次当前为“{ $state }”，不允许此操作。
    }请刷新页面，查看现在可以做什么。
error-wave-empty = 该批次没有可以询问的人。请扩大选择范围，或查看联系人被排除的原因。
error-wave-held-back =
    { $max ->
        [absent] 该批次不能再暂缓更多联系人。
       *[other] 该批次最多可以暂缓 { $max } 位联系人，名额已满。
    }请先恢复其中一位，或与制定规则的人商量。
error-wave-not-asked = 该批次本来就不会邀请这位联系人，无需暂缓。请刷新页面，查看会邀请谁。
error-template-faulty =
    { $template ->
        [absent] 模板无法填充
       *[other] 模板“{ $template }”无法填充
    }{ $line ->
        [absent] { "" }
       *[other] （第 { $line } 行）
    }{ $variable ->
        [absent] { $reason ->
            [absent] { "" }
           *[other] ：{ $reason }
        }
       *[other] ：缺少值“{ $variable }”
    }。尚未发送任何内容，请改正模板。

# 作答

error-link-unknown = 此链接无效，可能在传送途中受损。请从邮件中重新打开，或将完整链接复制到地址栏。
error-link-password-wrong = 密码不正确，请核对后再试。
error-link-not-yet =
    { $day ->
        [absent] 本问卷尚未开放，请稍后再来。
       *[other] 本问卷将于{ $day }开放，请届时再来。
    }
error-link-full = 答卷数量已满，感谢您愿意参与。
error-link-password-throttled =
    密码输错次数过多，请{ $minutes ->
        [absent] 稍后再试。
       *[other] 在 { $minutes } 分钟后再试。
    }
error-link-throttled =
    该链接在短时间内被多次打开，请{ $seconds ->
        [absent] 稍候
       *[other] 等待 { $seconds } 秒后
    }再试。
error-link-closed = 本次问卷已经截止，感谢您的关注。如有意见，您仍可随时与我们联系。
error-survey-anonymous =
    { $name ->
        [absent] 该问卷
       *[other] { $name }
    } 为匿名问卷，只能通过其链接作答。
error-survey-locked = 有匿名回答是用另一个密钥封存的。请重新设置当时使用的密钥，在此之前这些回答将保持封存。
error-response-final = 这份答卷已不能再修改。

# 人员

error-sign-in-failed = 电子邮件地址或密码不正确。
error-sign-in-needed = 请先登录，您的会话可能已经结束。
error-sign-in-throttled =
    登录失败次数过多，请{ $minutes ->
        [absent] 稍候
       *[other] 等待 { $minutes } 分钟后
    }再试。
error-form-stale = 此表单是本次登录之前打开的，或来自别处，因此没有保存。请核对后重新提交。
error-permission-denied = 您的角色不允许此操作。如有需要，请联系管理员。
error-permission-own-account = 您本人负责该客户，其答卷须由他人录入。

# 记录

error-record-not-found = 没有这条记录，或您无权查看。
error-page-unknown = 此地址没有页面。请检查地址，或从首页开始。
error-record-changed = 在此期间他人修改了这条记录，您的修改尚未保存。请刷新页面后重新修改。
error-record-state =
    { $state ->
        [absent] 当前状态不允许此操作。
       *[other] 当前状态“{ $state }”不允许此操作。
    }请刷新页面，查看现在可以做什么。

# 指标

error-figure-undefined =
    无法用这些数据计算该指标{ $figure ->
        [absent] 。
        [probability] ：挽回的概率不是数值。
       *[other] ：{ $figure }。
    }

# 邮件

error-mail-unavailable = 邮件服务器无法连接或应答异常。邮件保留在发件箱中，稍后发送。
error-mail-refused =
    邮件服务器拒收此邮件，不会再重试{ $reason ->
        [absent] { "" }
       *[other] ：{ $reason }
    }。请检查地址和内容。
error-mail-address =
    { $value ->
        [absent] 电子邮件地址无效，应为 name@example.com 这样的形式。
       *[other] “{ $value }”不是有效的电子邮件地址，应为 name@example.com 这样的形式。
    }

# 服务本身

error-database-unavailable = 数据库暂时没有应答，尚未保存任何内容。请稍后重试。
error-database-missing =
    { $file ->
        [absent] 数据库尚不存在。
       *[other] 数据库“{ $file }”尚不存在。
    }请运行“bellwether migrate”创建；如果它本应存在，请检查“database_url”和程序的启动目录。
error-database-schema = 数据库与本程序的版本不符。请运行本版本的迁移，或启动创建该数据库的版本。
error-database-already-served = 已有另一个进程在使用此数据库。请先结束它，或改用 PostgreSQL 以运行多个进程。
error-server-address =
    无法在 { $address ->
        [absent] 该地址
       *[other] { $address }
    } 提供服务：该地址已被占用，或不属于本机，或端口需要更高权限。请通过{ $setting ->
        [absent] “listen”
       *[other] “{ $setting }”
    }另行指定。
error-internal = 服务出现内部错误，详情见日志。请重试；若问题依旧，请告知服务的管理者。
error-demo-directory =
    { $file ->
        [absent] 该目录
       *[other] 目录“{ $file }”
    }中有并非由演示程序生成的内容，因此不做改动。请用 --dir 另选目录。
error-demo-outdated =
    { $file ->
        [absent] 演示数据
       *[other] “{ $file }”中的演示数据
    }由另一版本的程序生成，本程序无法继续使用。请加上 --reset 重新生成，或用 --dir 另选目录。
