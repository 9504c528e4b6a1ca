//! What was just done, in a sentence above the next screen.
//!
//! It travels in the address as one word of a closed list, so that no address can put words of its
//! own onto a screen.

use noroshi_domain::Locale;
use noroshi_text::msg;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// A hold was ended.
    HoldEnded,
    /// An incident was opened.
    IncidentPosted,
    /// An update was posted.
    UpdatePosted,
    /// Something was posted, and others still say worse of a system.
    PostedStillHeld,
    /// An update's words were changed.
    UpdateEdited,
    /// An update's words were erased.
    UpdateErased,
    /// A promise was lifted.
    PromiseLifted,
    /// The impact window was changed.
    WindowChanged,
    /// The past was corrected.
    Amended,
    /// A hold was laid over the measurement.
    HoldPlaced,
    /// An automatic incident was taken over.
    TakenOver,
    /// An incident was deleted.
    IncidentDeleted,
    /// A deletion was undone.
    IncidentRestored,
    /// It was said which incidents belong together.
    Related,
    /// A note was written.
    NoteWritten,
    /// A report was kept as a draft.
    PostmortemKept,
    /// A report was published.
    PostmortemPublished,
    /// A report was hidden again.
    PostmortemReverted,
    /// A report was said never to come.
    PostmortemIgnored,
    /// A draft was thrown away.
    DraftDiscarded,
    /// A review was asked for.
    ReviewAsked,
    /// A review is asked for no more.
    ReviewTakenBack,
    /// A draft was sent back to its author.
    ReviewSentBack,
    /// A status said without an incident was ended or changed.
    StatusSet,
    /// A system was added.
    ComponentMade,
    /// A system was changed.
    ComponentChanged,
    /// A system was retired.
    ComponentRetired,
    /// A system is back.
    ComponentRestored,
    /// A group was added.
    GroupMade,
    /// A group was changed.
    GroupChanged,
    /// A group was removed.
    GroupRemoved,
    /// Systems stand in another order.
    OrderChanged,
    /// Maintenance was planned.
    WorkPlanned,
    /// Planned work was changed.
    WorkChanged,
    /// Planned work was deleted.
    WorkDeleted,
    /// A rule makes no more.
    RecurrenceEnded,
    /// An announcement was made.
    AnnouncementMade,
    /// An announcement was changed.
    AnnouncementChanged,
    /// An announcement was ended.
    AnnouncementEnded,
    /// A template was made.
    TemplateMade,
    /// A template was changed.
    TemplateChanged,
    /// A template was deleted.
    TemplateDeleted,
    /// Settings were saved.
    SettingsSaved,
    /// The page was hidden.
    PageHidden,
    /// The page is back.
    PageRestored,
    /// A channel was set up.
    ChannelMade,
    /// A channel was changed.
    ChannelChanged,
    /// A channel was taken away.
    ChannelDeleted,
    /// A trial was taken.
    ChannelTried,
    /// The mail server was set.
    MailSet,
    /// No mail leaves any more.
    MailDropped,

    /// Somebody is asked again to confirm.
    SubscriberAsked,
    /// Somebody was erased.
    SubscriberErased,
}

impl Told {
    const ALL: [Self; 53] = [
        Self::Related,
        Self::ReviewAsked,
        Self::ReviewTakenBack,
        Self::ReviewSentBack,
        Self::UpdateEdited,
        Self::UpdateErased,
        Self::PromiseLifted,
        Self::WindowChanged,
        Self::Amended,
        Self::HoldPlaced,
        Self::TakenOver,
        Self::IncidentDeleted,
        Self::IncidentRestored,
        Self::NoteWritten,
        Self::PostmortemKept,
        Self::PostmortemPublished,
        Self::PostmortemReverted,
        Self::PostmortemIgnored,
        Self::HoldEnded,
        Self::IncidentPosted,
        Self::UpdatePosted,
        Self::PostedStillHeld,
        Self::DraftDiscarded,
        Self::StatusSet,
        Self::ComponentMade,
        Self::ComponentChanged,
        Self::ComponentRetired,
        Self::ComponentRestored,
        Self::GroupMade,
        Self::GroupChanged,
        Self::GroupRemoved,
        Self::OrderChanged,
        Self::WorkPlanned,
        Self::WorkChanged,
        Self::WorkDeleted,
        Self::RecurrenceEnded,
        Self::AnnouncementMade,
        Self::AnnouncementChanged,
        Self::AnnouncementEnded,
        Self::TemplateMade,
        Self::TemplateChanged,
        Self::TemplateDeleted,
        Self::SettingsSaved,
        Self::PageHidden,
        Self::PageRestored,
        Self::ChannelMade,
        Self::ChannelChanged,
        Self::ChannelDeleted,
        Self::ChannelTried,
        Self::MailSet,
        Self::MailDropped,
        Self::SubscriberAsked,
        Self::SubscriberErased,
    ];

    /// Its word in addresses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ReviewAsked => "review-asked",
            Self::Related => "related",
            Self::ReviewTakenBack => "review-taken-back",
            Self::ReviewSentBack => "review-sent-back",
            Self::HoldEnded => "hold-ended",
            Self::IncidentPosted => "incident-posted",
            Self::UpdatePosted => "update-posted",
            Self::PostedStillHeld => "posted-still-held",
            Self::UpdateEdited => "update-edited",
            Self::UpdateErased => "update-erased",
            Self::PromiseLifted => "promise-lifted",
            Self::WindowChanged => "window-changed",
            Self::Amended => "amended",
            Self::HoldPlaced => "hold-placed",
            Self::TakenOver => "taken-over",
            Self::IncidentDeleted => "incident-deleted",
            Self::IncidentRestored => "incident-restored",
            Self::NoteWritten => "note-written",
            Self::PostmortemKept => "postmortem-kept",
            Self::PostmortemPublished => "postmortem-published",
            Self::PostmortemReverted => "postmortem-reverted",
            Self::PostmortemIgnored => "postmortem-ignored",
            Self::DraftDiscarded => "draft-discarded",
            Self::StatusSet => "status-set",
            Self::ComponentMade => "component-made",
            Self::ComponentChanged => "component-changed",
            Self::ComponentRetired => "component-retired",
            Self::ComponentRestored => "component-restored",
            Self::GroupMade => "group-made",
            Self::GroupChanged => "group-changed",
            Self::GroupRemoved => "group-removed",
            Self::OrderChanged => "order-changed",
            Self::WorkPlanned => "work-planned",
            Self::WorkChanged => "work-changed",
            Self::WorkDeleted => "work-deleted",
            Self::RecurrenceEnded => "recurrence-ended",
            Self::AnnouncementMade => "announcement-made",
            Self::AnnouncementChanged => "announcement-changed",
            Self::AnnouncementEnded => "announcement-ended",
            Self::TemplateMade => "template-made",
            Self::TemplateChanged => "template-changed",
            Self::TemplateDeleted => "template-deleted",
            Self::SettingsSaved => "settings-saved",
            Self::PageHidden => "page-hidden",
            Self::PageRestored => "page-restored",
            Self::ChannelMade => "channel-made",
            Self::ChannelChanged => "channel-changed",
            Self::ChannelDeleted => "channel-deleted",
            Self::ChannelTried => "channel-tried",
            Self::MailSet => "mail-set",
            Self::MailDropped => "mail-dropped",
            Self::SubscriberAsked => "subscriber-asked",
            Self::SubscriberErased => "subscriber-erased",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.as_str() == word)
    }

    /// The sentence.
    pub(crate) fn sentence(self, locale: Locale) -> String {
        match self {
            Self::HoldEnded => msg::console_told_hold_ended(locale),
            Self::IncidentPosted => msg::console_told_incident_posted(locale),
            Self::UpdatePosted => msg::console_told_update_posted(locale),
            Self::PostedStillHeld => msg::console_told_still_held(locale),
            Self::Related => msg::console_told_related(locale),
            Self::ReviewAsked => msg::console_told_review_asked(locale),
            Self::ReviewTakenBack => msg::console_told_review_taken_back(locale),
            Self::ReviewSentBack => msg::console_told_review_sent_back(locale),
            Self::UpdateEdited => msg::console_told_update_edited(locale),
            Self::UpdateErased => msg::console_told_update_erased(locale),
            Self::PromiseLifted => msg::console_told_promise_lifted(locale),
            Self::WindowChanged => msg::console_told_window_changed(locale),
            Self::Amended => msg::console_told_amended(locale),
            Self::HoldPlaced => msg::console_told_hold_placed(locale),
            Self::TakenOver => msg::console_told_taken_over(locale),
            Self::IncidentDeleted => msg::console_told_incident_deleted(locale),
            Self::IncidentRestored => msg::console_told_incident_restored(locale),
            Self::NoteWritten => msg::console_told_note_written(locale),
            Self::PostmortemKept => msg::console_told_postmortem_kept(locale),
            Self::PostmortemPublished => msg::console_told_postmortem_published(locale),
            Self::PostmortemReverted => msg::console_told_postmortem_reverted(locale),
            Self::PostmortemIgnored => msg::console_told_postmortem_ignored(locale),
            Self::DraftDiscarded => msg::console_told_draft_discarded(locale),
            Self::StatusSet => msg::console_told_status_set(locale),
            Self::ComponentMade => msg::console_told_component_made(locale),
            Self::ComponentChanged => msg::console_told_component_changed(locale),
            Self::ComponentRetired => msg::console_told_component_retired(locale),
            Self::ComponentRestored => msg::console_told_component_restored(locale),
            Self::GroupMade => msg::console_told_group_made(locale),
            Self::GroupChanged => msg::console_told_group_changed(locale),
            Self::GroupRemoved => msg::console_told_group_removed(locale),
            Self::OrderChanged => msg::console_told_order_changed(locale),
            Self::WorkPlanned => msg::console_told_work_planned(locale),
            Self::WorkChanged => msg::console_told_work_changed(locale),
            Self::WorkDeleted => msg::console_told_work_deleted(locale),
            Self::RecurrenceEnded => msg::console_told_recurrence_ended(locale),
            Self::AnnouncementMade => msg::console_told_announcement_made(locale),
            Self::AnnouncementChanged => msg::console_told_announcement_changed(locale),
            Self::AnnouncementEnded => msg::console_told_announcement_ended(locale),
            Self::TemplateMade => msg::console_told_template_made(locale),
            Self::TemplateChanged => msg::console_told_template_changed(locale),
            Self::TemplateDeleted => msg::console_told_template_deleted(locale),
            Self::SettingsSaved => msg::console_told_settings_saved(locale),
            Self::PageHidden => msg::console_told_page_hidden(locale),
            Self::PageRestored => msg::console_told_page_restored(locale),
            Self::ChannelMade => msg::console_told_channel_made(locale),
            Self::ChannelChanged => msg::console_told_channel_changed(locale),
            Self::ChannelDeleted => msg::console_told_channel_deleted(locale),
            Self::ChannelTried => msg::console_told_channel_tried(locale),
            Self::MailSet => msg::console_told_mail_set(locale),
            Self::MailDropped => msg::console_told_mail_dropped(locale),
            Self::SubscriberAsked => msg::console_told_subscriber_asked(locale),
            Self::SubscriberErased => msg::console_told_subscriber_erased(locale),
        }
    }
}
