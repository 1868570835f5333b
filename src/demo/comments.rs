//! What customers write: a pool of sentences by aspect, mood and language, dealt like cards so that
//! none comes back before its pack is used up.

use rand::Rng;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// The aspects people write about; each is the key of a rating of the relationship survey.
pub(super) const ASPECTS: [&str; 8] = [
    "delivery",
    "product_quality",
    "technical_advice",
    "complaint_handling",
    "account_manager",
    "hotline",
    "value_for_money",
    "ordering",
];

/// `{d}` becomes a small number, `{b}` a batch number, `{p}` a product, `{m}` the name of the manager.
fn pool(aspect: &str, good: bool, chinese: bool) -> &'static [&'static str] {
    match (aspect, good, chinese) {
        ("delivery", true, false) => &[
            "All of the last {d} deliveries came on the promised day.",
            "Deliveries arrive when the confirmation says, and we plan the line around that.",
            "The rush order for {p} was on our dock two days early.",
            "Pallets come labelled the way our warehouse needs them; unloading is quick.",
            "When a truck was held up we were told before lunch and had a new time by three.",
            "Dependable lead times. We could lower our safety stock of {p} this year.",
        ],
        ("delivery", false, false) => &[
            "Three of the last {d} deliveries came late, and we heard it from our own gate.",
            "The promised date moved twice for {p} and nobody explained why.",
            "Part deliveries without notice: half of the order stands on our floor, the rest is somewhere.",
            "Since the goods go through the other depot everything takes {d} days longer.",
            "We had to stop one line for a shift because the housings were not there.",
            "Tell us when a truck is late. We can live with a delay, not with silence.",
            "Delivery windows are not kept; our forklift crew waits for nothing.",
        ],
        ("delivery", true, true) => &[
            "最近{d}次交货都准时，排产很省心。",
            "急单{p}提前两天到厂，帮了大忙。",
            "发货通知及时，到货时间和通知基本一致。",
            "包装标签按我们仓库的要求贴好，卸货快。",
            "交期稳定，今年我们把{p}的安全库存降下来了。",
            "节前备货安排得很周到，没有断过货。",
        ],
        ("delivery", false, true) => &[
            "交期承诺改了三次，生产计划没法排。",
            "最近{d}批货有一半晚到，事先也没人通知。",
            "{p}分了两次发，第二批到现在还说不准时间。",
            "换了仓库以后每次都要多等{d}天。",
            "晚到可以理解，但是请提前告诉我们，别等我们去催。",
            "因为轴承没到，装配线停了半天，车间意见很大。",
            "约好上午送货，下午五点才到，叉车班白等了一天。",
        ],
        ("product_quality", true, false) => &[
            "The bearings are as good as ever; not one return this year.",
            "The {p} run cooler than what we used before.",
            "Vibration values of the last batches are well inside our limits.",
            "Dimensions are constant from batch to batch, incoming inspection is a formality.",
            "Five years on the main shaft and no play worth mentioning.",
        ],
        ("product_quality", false, false) => &[
            "Batch {b} is louder above 6,000 rpm than what we had before.",
            "Two sets of {p} failed within the first month; that never happened in earlier years.",
            "Grease leaks at the seal on part of batch {b}.",
            "We now measure every one of the {p}, which costs us {d} hours a week.",
            "Preservation oil was missing on some rings and they came with rust spots.",
            "Radial play scatters more than the drawing allows.",
        ],
        ("product_quality", true, true) => &[
            "轴承质量一直稳定，今年没有退过货。",
            "{p}运行温度低，用户反映很好。",
            "最近几批的振动值都远低于我们的内控标准。",
            "批次一致性好，来料检验基本免检。",
            "主轴上用了五年，间隙几乎没有变化。",
        ],
        ("product_quality", false, true) => &[
            "{b}批次在每分钟6000转以上噪声明显变大。",
            "有两套{p}装机不到一个月就坏了，以前从来没有过。",
            "{b}批次密封处有渗油现象。",
            "现在{p}我们只能全检，每周多花{d}个小时。",
            "部分套圈防锈油没涂到，开箱就有锈点。",
            "游隙离散比较大，个别超出图纸要求。",
        ],
        ("technical_advice", true, false) => &[
            "The application engineer found the misalignment in an afternoon.",
            "Good calculation of service life for {p}, with the assumptions written down.",
            "The training for our fitters was practical and short.",
            "When we changed the lubricant they had checked it with their laboratory within {d} days.",
        ],
        ("technical_advice", false, false) => &[
            "We asked for a life calculation for {p} and got a catalogue page.",
            "The engineer who knew our machines has left, and the new one starts from nothing.",
            "Drawings in the current revision took {d} days to arrive.",
            "More practical help with mounting would spare us mistakes.",
        ],
        ("technical_advice", true, true) => &[
            "应用工程师一个下午就找到了不对中的原因。",
            "{p}的寿命计算做得细，假设条件都写清楚了。",
            "给我们装配工做的培训很实用，不讲空话。",
            "换润滑脂的问题，{d}天之内就给了实验室的结论。",
        ],
        ("technical_advice", false, true) => &[
            "我们要{p}的寿命计算，结果只发来一页样本。",
            "熟悉我们设备的工程师走了，新来的要从头了解。",
            "最新版图纸等了{d}天才收到。",
            "希望安装方面能多一些现场指导。",
        ],
        ("complaint_handling", true, false) => &[
            "The claim about batch {b} was settled within {d} days, without a fight.",
            "The 8D report named the real cause and not our fitters.",
            "Replacement parts left the same day we reported the damage.",
            "After the complaint somebody rang to ask whether it was solved. Rare.",
        ],
        ("complaint_handling", false, false) => &[
            "The complaint about batch {b} has been open for weeks and nobody writes.",
            "Every call about our claim starts with telling the story again.",
            "The 8D report came after {d} weeks and said next to nothing.",
            "It should not take a director's call to get a credit note.",
        ],
        ("complaint_handling", true, true) => &[
            "{b}批次的索赔{d}天就处理完了，没有扯皮。",
            "8D报告写得实在，原因找得准。",
            "报损当天就补发了，态度很好。",
            "投诉结案后还有人回访，这点做得不错。",
        ],
        ("complaint_handling", false, true) => &[
            "{b}批次的投诉提了好几个星期，一直没有书面回复。",
            "每次打电话都要从头讲一遍，没有人跟到底。",
            "8D报告拖了{d}周，内容还很空。",
            "非要领导出面才给办退款，流程太长。",
        ],
        ("account_manager", true, false) => &[
            "{m} knows our plant and answers the same day.",
            "Our contact says no when it is no. That saves us time.",
            "{m} brought purchasing and engineering to one table, which helped both.",
            "Visits are prepared and end with a list of who does what.",
        ],
        ("account_manager", false, false) => &[
            "We have not seen our account manager since spring.",
            "E-mails are answered after {d} days, or by an assistant who must ask.",
            "It feels as if we are only visited when the yearly volume is due.",
            "A competitor calls every month. From you we hear little.",
        ],
        ("account_manager", true, true) => &[
            "{m}对我们的设备很熟，有问题当天就回复。",
            "客户经理做不到的会直说，不耽误我们的时间。",
            "{m}把采购和技术叫到一起谈，问题一次就解决了。",
            "每次拜访都有准备，会后有清单，谁负责什么很清楚。",
        ],
        ("account_manager", false, true) => &[
            "开春以后就没见过客户经理了。",
            "邮件要等{d}天才回，问细一点就说再去了解。",
            "感觉只有谈年度量的时候才有人来。",
            "同行每个月都来电话，你们这边很少主动联系。",
        ],
        ("hotline", true, false) => &[
            "The hotline picks up in the evening now, which fits our late shift.",
            "A person who knows bearings answers, not a menu.",
            "Mounting clearance for {p} was read out to us on the phone within minutes.",
        ],
        ("hotline", false, false) => &[
            "Hold music for {d} minutes, then asked to write an e-mail.",
            "Nobody at the hotline could say where our order was.",
            "The call back that was promised did not come.",
        ],
        ("hotline", true, true) => &[
            "夜班也能打通热线了，工程师当场就给了安装间隙的数据。",
            "接电话的人懂技术，不用来回转接。",
            "{p}的安装问题，几分钟就在电话里讲明白了。",
        ],
        ("hotline", false, true) => {
            &["热线等了{d}分钟，最后让我们发邮件。", "问订单到哪里了，热线查不到。", "说好回电话，一直没有回。"]
        }
        ("value_for_money", true, false) => &[
            "Not the cheapest, but over the life of the machine it pays.",
            "The price agreement for the year was fair and was kept.",
            "Fewer stops since we changed to {p}; the difference in price is long earned.",
        ],
        ("value_for_money", false, false) => &[
            "We have an offer for {p} that is {d} per cent lower, from a maker we also approve.",
            "Prices went up twice in a year; our own customers do not accept that.",
            "Our purchasing now asks for a second source because of the price of {p}.",
            "Small order surcharges make no sense for a customer of our size.",
        ],
        ("value_for_money", true, true) => &[
            "价格不是最低，但是从全寿命来看划算。",
            "年度价格谈得公道，执行也没有走样。",
            "换成{p}以后停机少了，差价早就省回来了。",
        ],
        ("value_for_money", false, true) => &[
            "有同行{p}的报价低{d}个百分点，质量我们也认可过。",
            "一年调了两次价，我们的客户接受不了。",
            "因为{p}的价格，公司要求开发第二供应商。",
            "小批量加价不合理，我们毕竟是老客户。",
        ],
        ("ordering", true, false) => &[
            "Ordering is three clicks and the confirmation comes within the hour.",
            "Order changes are taken without drama.",
            "Confirmation, certificate and invoice agree. You would be surprised how rare that is.",
        ],
        ("ordering", false, false) => &[
            "The confirmation named another article than we had ordered.",
            "Certificates have to be asked for each time, though they are in the agreement.",
            "Stock shown in the shop is not the stock there is.",
        ],
        ("ordering", true, true) => &[
            "下单方便，一个小时内就有确认。",
            "改单配合得很好，从不推诿。",
            "订单确认、质保书和发票都对得上，省了很多核对。",
        ],
        ("ordering", false, true) => &[
            "订单确认上的型号和我们下的不一致。",
            "质保书每次都要单独催，合同里明明写了随货。",
            "网上显示有库存，下单以后又说没有。",
        ],
        _ => &[],
    }
}

/// What the blanks of a sentence are filled with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blanks<'a> {
    pub product: &'a str,
    pub manager: &'a str,
}

/// Deals sentences.
#[derive(Debug, Default)]
pub(super) struct Deck {
    packs: BTreeMap<(String, bool, bool), Vec<&'static str>>,
    /// What has been said at which account: nobody there says it again while there is something else.
    said: BTreeSet<(usize, &'static str)>,
}

impl Deck {
    /// The next sentence about an aspect; nothing for an aspect that nobody writes about.
    pub fn deal(
        &mut self,
        account: usize,
        (aspect, good): (&str, bool),
        chinese: bool,
        blanks: Blanks<'_>,
        rng: &mut impl Rng,
    ) -> Option<String> {
        let pack = self.packs.entry((aspect.to_owned(), good, chinese)).or_default();
        if pack.is_empty() || pack.iter().all(|s| self.said.contains(&(account, *s))) {
            pack.splice(0..0, pool(aspect, good, chinese).iter().copied());
            pack.shuffle(rng);
        }
        let fresh = pack.iter().rposition(|s| !self.said.contains(&(account, *s)));
        let sentence = match fresh {
            Some(place) => pack.remove(place),
            None => pack.pop()?,
        };
        self.said.insert((account, sentence));
        let batch = format!("{}{}", rng.random_range(21..26), rng.random_range(10..99));
        Some(
            sentence
                .replace("{d}", &rng.random_range(4..13).to_string())
                .replace("{b}", &batch)
                .replace("{p}", blanks.product)
                .replace("{m}", blanks.manager),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn every_aspect_has_words_for_every_mood_in_both_languages() {
        for aspect in ASPECTS {
            for (good, chinese) in [(true, true), (true, false), (false, true), (false, false)] {
                let sentences = pool(aspect, good, chinese);
                assert!(sentences.len() >= 3, "{aspect} {good} {chinese}");
                for s in sentences {
                    assert_eq!(s.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c)), chinese, "{s}");
                    assert!(s.ends_with(if chinese { '。' } else { '.' }), "{s}");
                }
            }
        }
    }

    #[test]
    fn no_sentence_comes_back_before_the_pack_is_used_up() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let mut deck = Deck::default();
        let blanks = Blanks { product: "P", manager: "M" };
        let dealt: Vec<_> = (0..3).filter_map(|_| deck.deal(0, ("ordering", true), false, blanks, &mut rng)).collect();
        let distinct: std::collections::BTreeSet<_> = dealt.iter().collect();
        assert_eq!((dealt.len(), distinct.len()), (3, 3));
        assert_eq!(deck.deal(0, ("weather", true), false, blanks, &mut rng), None);
    }
}
