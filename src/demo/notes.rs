//! What the people of the model write about warnings and cases, in their own language.

use super::Trouble;
use crate::domain::language::Language;
use crate::domain::warning::Cause;
use crate::domain::winback::plan::StepKind;
use crate::domain::winback::{CaseCause, Outcome};

/// A note in English and in Chinese.
type Note = (&'static str, &'static str);

fn pick(note: Note, language: &Language) -> &'static str {
    if language.is_chinese() { note.1 } else { note.0 }
}

/// Why somebody opens a case by hand.
pub(super) fn opening(cause: CaseCause, language: &Language) -> &'static str {
    let note = match cause {
        CaseCause::Unknown => ("No orders for two months, and nobody says why.", "两个月没有订单，原因不明。"),
        CaseCause::Price => (
            "Purchasing told me plainly: another offer is eight percent below ours.",
            "采购明确告知：另一家报价比我们低百分之八。",
        ),
        CaseCause::Product => (
            "Two batches with noise above the limit; their incoming inspection now checks everything.",
            "两批产品噪声超标，对方进货检验已改为全检。",
        ),
        CaseCause::Delivery => (
            "Three deliveries in a row came late, one of them stopped their line.",
            "连续三批交货延迟，其中一次造成对方停线。",
        ),
        CaseCause::Service => {
            ("Their complaint lay with us for three weeks without an answer.", "对方的投诉在我们这里三周没有答复。")
        }
        CaseCause::Competitor => {
            ("A competitor has placed samples and offers a framework agreement.", "竞争对手已送样，并提出框架协议。")
        }
        CaseCause::GivenUp => {
            ("We had stopped serving them; the reason no longer holds.", "此前我方停止供货，现原因已不存在。")
        }
        CaseCause::Involuntary => (
            "The plant was sold. The new owner buys centrally, but has not decided on bearings yet.",
            "工厂已转让，新东家集中采购，轴承供应商尚未确定，值得争取。",
        ),
    };
    pick(note, language)
}

/// The cause of a warning, once somebody has looked into it.
pub(super) fn found(cause: Cause, trouble: Option<Trouble>, language: &Language) -> &'static str {
    let note = match (trouble, cause) {
        (Some(Trouble::LateDelivery), _) => (
            "Since the northern depot moved, consignments wait a week for a slot. Dispatch confirms it.",
            "北方仓库搬迁后，货物要等一周才排上发运，发运部门已证实。",
        ),
        (Some(Trouble::ProductQuality), _) => (
            "Cage material of two batches out of tolerance; quality has the returned pieces on the bench.",
            "两个批次保持架材料超差，退回件正在质量部检验。",
        ),
        (Some(Trouble::CompetitorPrice), _) => (
            "A competitor quotes nine percent less, and we have not been there since spring.",
            "竞争对手报价低百分之九，而我们自春季以来没有拜访过。",
        ),
        (Some(Trouble::StrictPerson), _) => (
            "A new quality engineer rates strictly. The others there say that nothing has changed.",
            "新来的质量工程师打分偏严，其他联系人表示一切如常。",
        ),
        (Some(Trouble::Season), _) => {
            ("Their season is over; they order again in spring, as every year.", "进入淡季，每年如此，开春后恢复订货。")
        }
        (Some(Trouble::Silence), _) => (
            "By telephone all is well: their mail system holds our invitations back.",
            "电话中了解到一切正常，是对方邮件系统拦截了我们的邀请。",
        ),
        (None, Cause::OrderLate) => (
            "A supplier of cages delivered late; two orders were hit, both are out by now.",
            "保持架供应商延迟，影响两笔订单，现均已发出。",
        ),
        (None, Cause::OrderOverdue) => (
            "They had bought ahead before the price list changed and use up their stock.",
            "调价前提前备货，目前在消化库存。",
        ),
        (None, Cause::Silence) => {
            ("The contacts we ask have changed departments; new names are noted.", "联系人调岗，已登记新的联系人。")
        }
        (None, Cause::LowScore) => {
            ("One complaint about documents: certificates came after the goods.", "一次单据投诉：合格证晚于货物到达。")
        }
        (None, _) => (
            "Several small things: late order confirmations, a hotline that did not call back.",
            "几件小事叠加：订单确认慢，热线没有回电。",
        ),
    };
    pick(note, language)
}

/// What is done about a warning, and the department that owes it.
pub(super) fn remedy(cause: Cause, trouble: Option<Trouble>, language: &Language) -> (&'static str, &'static str) {
    let (note, owing): (Note, Note) = match (trouble, cause) {
        (Some(Trouble::LateDelivery), _) | (None, Cause::OrderLate) => (
            (
                "Own slot for this account at the depot, delivery days confirmed by Friday each week.",
                "仓库为该客户预留发运名额，每周五前确认交期。",
            ),
            ("Dispatch", "发运部"),
        ),
        (Some(Trouble::ProductQuality), _) => (
            (
                "Stock of both batches exchanged; every piece of the next three measured before it leaves.",
                "更换两批库存，其后三批出厂前全检。",
            ),
            ("Quality", "质量部"),
        ),
        (Some(Trouble::CompetitorPrice), _) => (
            (
                "Visit with a quotation for the year and technical advice on service life.",
                "带年度报价上门，并就使用寿命提供技术建议。",
            ),
            ("Sales", "销售部"),
        ),
        (_, Cause::LowScore) => (
            (
                "Called back and apologised; certificates now go out with the order confirmation.",
                "已回电致歉；合格证随订单确认一并发出。",
            ),
            ("Customer service", "客户服务部"),
        ),
        (_, Cause::OrderOverdue) => (
            (
                "Stock and need for the next half-year settled with their purchasing.",
                "与对方采购核对库存和下半年需求。",
            ),
            ("Sales", "销售部"),
        ),
        (_, Cause::Silence) => (
            (
                "New contacts entered, and their administrator asked to let our mail in.",
                "更新联系人，并请对方管理员放行我们的邮件。",
            ),
            ("Customer service", "客户服务部"),
        ),
        _ => (
            (
                "One named person answers all their calls; order confirmations within a day.",
                "指定专人对接，订单当日确认。",
            ),
            ("Customer service", "客户服务部"),
        ),
    };
    (pick(note, language), pick(owing, language))
}

/// Why a warning is taken up again after its remedy.
pub(super) fn not_over(language: &Language) -> &'static str {
    pick(
        ("The answers since have not got better. Once more from the cause.", "此后的答卷没有好转，需重新查找原因。"),
        language,
    )
}

/// The cause of a case, as the customer told it.
pub(super) fn cause(cause: CaseCause, trouble: Option<Trouble>, language: &Language) -> &'static str {
    let note = match (trouble, cause) {
        (Some(Trouble::StrictPerson), _) => (
            "Spoke with three people there: content as before. The low marks are all of one new colleague.",
            "与三位联系人通话，均表示满意如常，低分全部来自一位新同事。",
        ),
        (Some(Trouble::Season), _) => (
            "Nothing is wrong: they build in the winter half and order before it.",
            "并无问题：对方按季节生产，旺季前才订货。",
        ),
        (Some(Trouble::Silence), _) => (
            "Reached them by telephone at once. They had not seen our mails.",
            "电话随即联系上，对方没有看到我们的邮件。",
        ),
        (_, CaseCause::Delivery) => (
            "Late since the depot moved. They need a day they can rely on more than a short one.",
            "仓库搬迁后交货延迟；对方要的不是更快，而是说到做到。",
        ),
        (_, CaseCause::Product) => (
            "Noise in two batches of motor spindles. They want the report, not a discount.",
            "两批主轴轴承噪声异常；对方要的是分析报告，不是折扣。",
        ),
        (_, CaseCause::Price) => (
            "The other offer is lower, but what annoyed them is that nobody of us came.",
            "对方报价更低，但真正让客户不满的是我们无人上门。",
        ),
        (_, CaseCause::Competitor) => {
            ("Half of the volume is with the competitor already.", "一半用量已转给竞争对手。")
        }
        _ => (
            "No single reason. They feel that they must ask for everything twice.",
            "没有单一原因，只是凡事都要催两遍。",
        ),
    };
    pick(note, language)
}

/// A step that the plan does not propose by itself.
pub(super) fn own_step(cause: CaseCause, language: &Language) -> &'static str {
    let note = match cause {
        CaseCause::Delivery => {
            ("Agree a delivery calendar with the depot, signed by its manager", "与仓库商定交货日历，由仓库经理签字")
        }
        CaseCause::Product => {
            ("Bring the analysis of the returned pieces, with the metallurgist", "与材料工程师一起送交退回件分析报告")
        }
        _ => ("Work out cost over service life against the competitor's quotation", "对照竞争对手报价，核算全寿命成本"),
    };
    pick(note, language)
}

/// Why the owner thinks the chance better than the table does.
pub(super) fn own_chance(language: &Language) -> &'static str {
    pick(
        (
            "Their head of purchasing said in person that they stay if October's dates hold.",
            "采购负责人当面表示：只要下个月交期兑现，就不会更换供应商。",
        ),
        language,
    )
}

/// What was said when a step was taken, and what was offered.
pub(super) fn said(kind: StepKind, cause: CaseCause, language: &Language) -> (&'static str, &'static str) {
    let note: Note = match kind {
        StepKind::Listen | StepKind::FindReason => (
            "Listened for half an hour. They were angry at first, and glad that somebody asked.",
            "认真听了半小时。对方起初很生气，后来说很高兴有人来问。",
        ),
        StepKind::Visit | StepKind::RebuildTrust => (
            "Went there with the plan. Purchasing and maintenance at one table, two points of it changed.",
            "带着方案上门，采购和设备部门一起谈，修改了其中两条。",
        ),
        StepKind::OfferChoice | StepKind::OfferForReturn => (
            "Sent two ways to go on, with a date each, and no pressure to decide this week.",
            "发去两种合作方案，各附日期，不催促本周决定。",
        ),
        StepKind::KeepPromise | StepKind::Evaluate => (
            "Went through what we had promised, point by point. One of five is late, the others are done.",
            "逐条核对承诺：五条中一条滞后，其余均已兑现。",
        ),
        _ => ("Short call: nothing new, all is on its way.", "简短通话：没有新情况，一切在推进。"),
    };
    let offer: Note = match (kind, cause) {
        (StepKind::OfferChoice | StepKind::OfferForReturn, CaseCause::Delivery) => {
            ("Consignment stock of four weeks at their plant, at our cost", "在对方厂内设四周寄售库存，费用由我方承担")
        }
        (StepKind::OfferChoice | StepKind::OfferForReturn, CaseCause::Product) => (
            "Exchange of both batches, and an inspector of ours at their line for a week",
            "更换两批产品，并派检验员驻线一周",
        ),
        (StepKind::OfferChoice | StepKind::OfferForReturn, CaseCause::Price | CaseCause::Competitor) => {
            ("A price for the year with a bonus from the third order on", "年度价格，第三笔订单起给予返利")
        }
        (StepKind::OfferChoice | StepKind::OfferForReturn, _) => {
            ("One named person for all orders and complaints", "订单与投诉由专人负责")
        }
        _ => ("", ""),
    };
    (pick(note, language), pick(offer, language))
}

/// How a case ended, in the words of its owner.
pub(super) fn ended(outcome: Outcome, cause: CaseCause, language: &Language) -> &'static str {
    let note = match (outcome, cause) {
        (Outcome::WonBack, CaseCause::Price) => {
            ("They order again, at the price for the year.", "按年度价格恢复订货。")
        }
        (Outcome::WonBack, CaseCause::Product) => {
            ("They order again since the exchanged batch ran without a fault.", "更换批次运行正常，已恢复订货。")
        }
        (Outcome::WonBack, _) => ("They order again, and the dates have held so far.", "已恢复订货，此后交期均兑现。"),
        (Outcome::Kept, _) => (
            "They stayed. Orders as before; the next answers will tell whether it lasts.",
            "客户留住，订单如常，能否持久看下次答卷。",
        ),
        (Outcome::Lost, CaseCause::Price) => {
            ("Gone to the lower price. They keep us for spare parts.", "因价格转走，仅保留备件采购。")
        }
        (Outcome::Lost, CaseCause::Involuntary) => {
            ("The new owner buys from its own supplier.", "新东家使用自有供应商。")
        }
        (Outcome::Lost, CaseCause::Delivery) => (
            "We came too late: they had changed over before our plan was ready.",
            "我们动手太晚，方案未成对方已切换供应商。",
        ),
        (Outcome::Lost, _) => ("Signed with the competitor for two years.", "已与竞争对手签约两年。"),
        (Outcome::NotPursued | Outcome::Deferred, _) => ("Not worth its cost for now.", "目前不值得投入。"),
    };
    pick(note, language)
}

/// Why what only looked like a decline is let go.
pub(super) fn alike(trouble: Trouble, language: &Language) -> &'static str {
    let note = match trouble {
        Trouble::StrictPerson => (
            "Only one strict voice; everybody else there is as content as before.",
            "只是一位联系人打分偏严，其他人满意如常。",
        ),
        Trouble::Season => ("Out of season, as in the year before. No case.", "属正常淡季，去年同期亦然，不立案。"),
        _ => ("They buy as before and had only not seen our mails. No case.", "采购如常，只是没有收到邮件，不立案。"),
    };
    pick(note, language)
}

/// Why a refused case is laid aside.
pub(super) fn refused(language: &Language) -> &'static str {
    pick(
        (
            "An attempt would cost more than it is expected to bring. A letter from us is enough.",
            "投入高于预期回报，发一封信即可。",
        ),
        language,
    )
}

/// Why a case is put off.
pub(super) fn deferred(language: &Language) -> &'static str {
    pick(
        (
            "Bound to the competitor by an agreement. Take it up again three months before it ends.",
            "客户与竞争对手有协议在身，协议到期前三个月再启动。",
        ),
        language,
    )
}

/// What came of a call to a customer who was not content.
pub(super) fn kept_promise(which: usize, language: &Language) -> &'static str {
    let note = match which {
        0 => (
            "Called; they waited four days for the certificate. It is on its way, and quality files it with the goods from now on.",
            "已致电：对方等质保书等了四天。现已补寄，今后由质量部随货附上。",
        ),
        1 => (
            "Talked for half an hour. It was about the notice before deliveries; dispatch now telephones the day before.",
            "通话半小时，主要是到货前没有通知。发运部门今后提前一天电话告知。",
        ),
        2 => (
            "Reached them at the second attempt. The score was meant for one invoice, which is corrected.",
            "第二次才联系上。评分针对的是一张开错的发票，现已更正。",
        ),
        _ => (
            "They wish for one person to talk to about technical matters. Named, and introduced by mail.",
            "对方希望技术问题有固定对接人。已指定人选并发邮件介绍。",
        ),
    };
    pick(note, language)
}
