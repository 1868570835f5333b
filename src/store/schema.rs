//! One schema for both engines; a test holds it against the migrations.

diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        name -> Text,
        role -> Text,
        language -> Text,
        zone -> Text,
        region -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        active -> Bool,
        digest -> Bool,
        failures -> Integer,
        locked_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        user_id -> Binary,
        form_key -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    segments (id) {
        id -> Binary,
        tier -> Text,
        region -> Text,
        product_line -> Text,
    }
}

diesel::table! {
    accounts (id) {
        id -> Binary,
        number -> Text,
        name -> Text,
        folded -> Text,
        kind -> Text,
        parent_id -> Nullable<Binary>,
        tier -> Text,
        region -> Text,
        product_line -> Text,
        manager_id -> Nullable<Binary>,
        deputy_id -> Nullable<Binary>,
        active -> Bool,
        created_at -> Timestamp,
        changed_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    account_tiers (account_id, from_day) {
        account_id -> Binary,
        from_day -> Date,
        tier -> Text,
        decided_by -> Nullable<Binary>,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    suppressions (address_hash) {
        address_hash -> Binary,
        reason -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    survey_versions (id) {
        id -> Binary,
        survey -> Text,
        version -> Integer,
        kind -> Text,
        definition -> Text,
        hash -> Binary,
        published_at -> Timestamp,
    }
}

diesel::table! {
    waves (id) {
        id -> Binary,
        name -> Text,
        version_id -> Binary,
        state -> Text,
        audience -> Text,
        start_at -> Nullable<Timestamp>,
        closes_at -> Timestamp,
        planned_at -> Nullable<Timestamp>,
        created_by -> Nullable<Binary>,
        created_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    tier_models (tier) {
        tier -> Text,
        model -> Text,
        fitted_at -> Timestamp,
    }
}

diesel::table! {
    reports (id) {
        id -> Binary,
        tier -> Text,
        month -> Integer,
        language -> Text,
        html -> Text,
        made_at -> Timestamp,
    }
}

diesel::table! {
    jobs (id) {
        id -> Binary,
        name -> Text,
        slot -> Text,
        payload -> Text,
        due_at -> Timestamp,
        state -> Text,
        attempt -> Integer,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        error -> Nullable<Text>,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> Binary,
        at -> Timestamp,
        actor_id -> Nullable<Binary>,
        action -> Text,
        record -> Text,
        record_id -> Text,
        account_id -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_details (audit_id) {
        audit_id -> Binary,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
    }
}

diesel::table! {
    contacts (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        salutation -> Nullable<Text>,
        phone -> Nullable<Text>,
        language -> Text,
        role -> Nullable<Text>,
        consent -> Bool,
        active -> Bool,
        created_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    invitations (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        wave_id -> Binary,
        version_id -> Binary,
        contact_id -> Binary,
        segment_id -> Binary,
        kind -> Text,
        language -> Text,
        state -> Text,
        created_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
        delivered_day -> Nullable<Date>,
        answered_at -> Nullable<Timestamp>,
        closes_at -> Timestamp,
    }
}

diesel::table! {
    wave_skips (account_id, wave_id, contact_id) {
        account_id -> Binary,
        wave_id -> Binary,
        contact_id -> Binary,
        why -> Text,
        detail -> Text,
    }
}

diesel::table! {
    wave_holds (account_id, wave_id, contact_id) {
        account_id -> Binary,
        wave_id -> Binary,
        contact_id -> Binary,
        reason -> Text,
        held_by -> Binary,
        held_at -> Timestamp,
        segment_id -> Nullable<Binary>,
        kind -> Nullable<Text>,
        counted_day -> Nullable<Date>,
    }
}

diesel::table! {
    mails (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        purpose -> Text,
        invitation_id -> Nullable<Binary>,
        wave_id -> Nullable<Binary>,
        user_id -> Nullable<Binary>,
        to_address -> Text,
        to_name -> Text,
        language -> Text,
        payload -> Text,
        once_key -> Text,
        state -> Text,
        state_at -> Timestamp,
        why -> Nullable<Text>,
        attempt -> Integer,
        doubts -> Integer,
        due_at -> Timestamp,
        too_late_at -> Timestamp,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        dated_at -> Nullable<Timestamp>,
        reply -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    letters (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        mail_id -> Binary,
        to_address -> Text,
        subject -> Text,
        html -> Text,
        text -> Text,
        received_at -> Timestamp,
    }
}

diesel::table! {
    responses (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        invitation_id -> Nullable<Binary>,
        contact_id -> Nullable<Binary>,
        wave_id -> Nullable<Binary>,
        version_id -> Binary,
        segment_id -> Binary,
        kind -> Text,
        channel -> Text,
        state -> Text,
        why_excluded -> Nullable<Text>,
        answers -> Text,
        quotable -> Bool,
        language -> Text,
        received_at -> Timestamp,
        day -> Date,
        changed_at -> Timestamp,
        revision -> BigInt,
        took_seconds -> Nullable<BigInt>,
        flags -> Text,
        source -> Nullable<Text>,
        subject_id -> Nullable<Binary>,
        entered_by -> Nullable<Binary>,
        link_id -> Nullable<Binary>,
        doubtful -> Bool,
    }
}

diesel::table! {
    open_links (id) {
        id -> Binary,
        code -> Binary,
        name -> Text,
        source -> Text,
        version_id -> Binary,
        language -> Text,
        password_hash -> Nullable<Text>,
        account_id -> Binary,
        of_segment -> Bool,
        subject_id -> Nullable<Binary>,
        opens_at -> Nullable<Timestamp>,
        closes_at -> Nullable<Timestamp>,
        state -> Text,
        most -> Nullable<BigInt>,
        created_by -> Nullable<Binary>,
        created_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    provisional_answers (account_id, invitation_id) {
        account_id -> Binary,
        invitation_id -> Binary,
        answers -> Text,
        sign -> Text,
        state -> Text,
        given_at -> Timestamp,
        typed -> Nullable<Text>,
        begun_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sent_forms (account_id, invitation_id, once) {
        account_id -> Binary,
        invitation_id -> Binary,
        once -> Text,
        taken_at -> Timestamp,
    }
}

diesel::table! {
    machine_visits (account_id, invitation_id, sign, agent) {
        account_id -> Binary,
        invitation_id -> Binary,
        sign -> Text,
        agent -> Text,
        times -> BigInt,
        first_at -> Timestamp,
        last_at -> Timestamp,
    }
}

diesel::table! {
    measurements (account_id, response_id, measure) {
        account_id -> Binary,
        response_id -> Binary,
        measure -> Text,
        day -> Date,
        x -> BigInt,
    }
}

diesel::table! {
    orders (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        feed_key -> Text,
        number -> Nullable<Text>,
        ordered_on -> Date,
        amount -> BigInt,
        promised_on -> Nullable<Date>,
        delivered_on -> Nullable<Date>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    warnings (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        cause -> Text,
        level -> Text,
        state -> Text,
        open -> Bool,
        trend -> Text,
        evidence -> Text,
        raised_at -> Timestamp,
        level_since -> Timestamp,
        seen_at -> Timestamp,
        below_since -> Nullable<Timestamp>,
        acknowledged_at -> Nullable<Timestamp>,
        escalated_to -> Nullable<Binary>,
        escalated_at -> Nullable<Timestamp>,
        owner_id -> Nullable<Binary>,
        due_on -> Nullable<Date>,
        real_cause -> Nullable<Text>,
        remedy -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        revision -> BigInt,
    }
}

diesel::table! {
    warning_events (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        warning_id -> Binary,
        at -> Timestamp,
        actor_id -> Nullable<Binary>,
        what -> Text,
        from_value -> Nullable<Text>,
        to_value -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    cases (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        purpose -> Text,
        state -> Text,
        cause -> Text,
        cause_note -> Nullable<Text>,
        warning_id -> Nullable<Binary>,
        probability -> Double,
        probability_low -> Double,
        probability_high -> Double,
        value -> BigInt,
        cost -> BigInt,
        net -> BigInt,
        net_low -> BigInt,
        net_high -> BigInt,
        threshold -> BigInt,
        arithmetic -> Text,
        owner_id -> Nullable<Binary>,
        outcome -> Nullable<Text>,
        outcome_note -> Nullable<Text>,
        deferred_until -> Nullable<Date>,
        opened_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        revision -> BigInt,
    }
}

diesel::table! {
    case_steps (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        case_id -> Binary,
        kind -> Text,
        title -> Nullable<Text>,
        due_on -> Date,
        owner_id -> Nullable<Binary>,
        done_at -> Nullable<Timestamp>,
        done_by -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    case_touches (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        case_id -> Binary,
        at -> Timestamp,
        user_id -> Binary,
        channel -> Text,
        note -> Text,
        offer -> Nullable<Text>,
    }
}

diesel::table! {
    case_events (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        case_id -> Binary,
        at -> Timestamp,
        actor_id -> Nullable<Binary>,
        what -> Text,
        from_value -> Nullable<Text>,
        to_value -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    tally_days (version_id, question, day, value, segment_id, slot) {
        day -> Date,
        version_id -> Binary,
        question -> Text,
        value -> Text,
        segment_id -> Binary,
        slot -> Integer,
        n -> BigInt,
    }
}

diesel::table! {
    tally_accounts (month, account_id, measure, segment_id, kind) {
        month -> Integer,
        measure -> Text,
        account_id -> Binary,
        segment_id -> Binary,
        kind -> Text,
        n -> BigInt,
        sum -> BigInt,
        sum_sq -> BigInt,
    }
}

diesel::table! {
    tally_stamps (month, slot) {
        month -> Integer,
        slot -> Integer,
        stamp -> BigInt,
    }
}

diesel::table! {
    tally_measures (month, measure) {
        month -> Integer,
        measure -> Text,
    }
}

diesel::table! {
    anonymous_box (id) {
        id -> Binary,
        version_id -> Binary,
        sealed -> Binary,
    }
}

diesel::table! {
    anonymous_openings (version_id, day) {
        version_id -> Binary,
        day -> Date,
        least -> Integer,
    }
}

diesel::table! {
    anonymous_marks (mark) {
        mark -> Binary,
        version_id -> Binary,
    }
}

diesel::table! {
    follow_ups (account_id, response_id) {
        account_id -> Binary,
        response_id -> Binary,
        contact_id -> Nullable<Binary>,
        owner_id -> Binary,
        due_on -> Date,
        state -> Text,
        wish -> Nullable<Text>,
        promised_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        closed_by -> Nullable<Binary>,
        note -> Nullable<Text>,
        told -> Bool,
        revision -> BigInt,
    }
}

diesel::table! {
    replies (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        response_id -> Binary,
        words -> Text,
        written_by -> Binary,
        written_at -> Timestamp,
    }
}

diesel::table! {
    reference_answers (account_id, response_id) {
        account_id -> Binary,
        response_id -> Binary,
        contact_id -> Nullable<Binary>,
        willing -> Bool,
        said_at -> Timestamp,
    }
}

diesel::table! {
    subjects (id) {
        id -> Binary,
        kind -> Text,
        number -> Text,
        name -> Text,
        folded -> Text,
        site_id -> Nullable<Binary>,
        region -> Text,
        user_id -> Nullable<Binary>,
        active -> Bool,
        created_at -> Timestamp,
        revision -> BigInt,
    }
}

diesel::table! {
    subject_checks (subject_id, response_id) {
        subject_id -> Binary,
        response_id -> Binary,
        account_id -> Binary,
        day -> Date,
        score -> BigInt,
        grade -> Text,
        grade_before -> Nullable<Text>,
        entered_at -> Timestamp,
    }
}

diesel::table! {
    trainings (id) {
        id -> Binary,
        subject_id -> Binary,
        name -> Text,
        day -> Date,
        created_by -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    subject_tallies (subject_id, month, measure) {
        subject_id -> Binary,
        month -> Integer,
        measure -> Text,
        n -> BigInt,
        sum -> BigInt,
        sum_sq -> BigInt,
    }
}

diesel::table! {
    response_feeds (account_id, feed_key) {
        account_id -> Binary,
        feed_key -> Text,
        response_id -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    anonymous_box,
    anonymous_marks,
    anonymous_openings,
    users,
    sessions,
    segments,
    accounts,
    account_tiers,
    suppressions,
    survey_versions,
    waves,
    tier_models,
    reports,
    jobs,
    leases,
    open_links,
    audit,
    audit_details,
    contacts,
    invitations,
    wave_skips,
    wave_holds,
    mails,
    letters,
    responses,
    measurements,
    provisional_answers,
    sent_forms,
    machine_visits,
    orders,
    warnings,
    warning_events,
    cases,
    case_steps,
    case_touches,
    case_events,
    tally_days,
    tally_accounts,
    tally_stamps,
    tally_measures,
    follow_ups,
    replies,
    reference_answers,
    subjects,
    subject_checks,
    trainings,
    subject_tallies,
    response_feeds,
);
