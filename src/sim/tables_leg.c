/* The variables of a leg, grouped by what happens to it. */
#include "sim/tables.h"

#define AGENT "FreeSWITCH-mod_sofia/1.10.12-release+git~20240802T210227Z~a88d069d6f~64bit"
#define ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER, NOTIFY"
#define VIA(branch) \
    "SIP/2.0/UDP {caller_ip}:{caller_port};rport={caller_port};branch=z9hG4bK" branch
#define SDP(id, id2, ip, port, payloads, maps)                                                \
    "v=0\r\no=FreeSWITCH {" id "} {" id2 "} IN IP4 {" ip "}\r\ns=FreeSWITCH\r\nc=IN IP4 {" ip \
    "}\r\nt=0 0\r\nm=audio {" port "} RTP/AVP " payloads "\r\na=rtpmap:0 PCMU/8000\r\n" maps  \
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:13 CN/8000\r\na=ptime:20\r\n"
#define OFFER_BOTH                                                            \
    SDP("caller_sdp", "caller_sdp2", "caller_ip", "caller_rtp", "0 8 101 13", \
        "a=rtpmap:8 PCMA/8000\r\n")
#define OFFER_PCMU SDP("caller_sdp", "caller_sdp2", "caller_ip", "caller_rtp", "0 101 13", "")
#define ANSWER_SDP SDP("callee_sdp", "callee_sdp2", "callee_ip", "callee_rtp", "0 101 13", "")
#define DIRECTION  "a=sendrecv\r\n"
#define PCMU_CODEC "CORE_PCM_MODULE.PCMU@8000h@20i@64000b"
#define PCMA_CODEC "CORE_PCM_MODULE.PCMA@8000h@20i@64000b"
#define NAMED      "\"{from_name}\" "
#define FROM_TAG   "<sip:{from_user}@{caller_ip}>;tag={from_tag}"
#define URI        "{user}@{hostport}"
#define ROW(name, value) \
    {                    \
        name, value, 0   \
    }

#define USE_CODEC_ROWS                                                \
    {"rtp_use_codec_string", "PCMU,PCMA", SIM_IF_BOTH},               \
        {"rtp_use_codec_string", "PCMU", SIM_IF_PCMU | SIM_IF_FIRST}, \
    {                                                                 \
        "rtp_use_codec_string", "PCMU@8000h@20i", SIM_IF_FORKED       \
    }
#define CODEC_ROWS                                                           \
    {"rtp_audio_recv_pt", "0", 0}, {"rtp_use_codec_name", "PCMU", 0},        \
        {"rtp_use_codec_rate", "8000", 0}, {"rtp_use_codec_ptime", "20", 0}, \
        {"rtp_use_codec_channels", "1", 0},                                  \
        ROW("rtp_last_audio_codec_string", "PCMU@8000h@20i@1c")

/* switch_core_session_outgoing_channel() and sofia_outgoing_channel(). */
static const sim_row out_new[] = {
    {"direction", "outbound", 0},
    {"is_outbound", "true", 0},
    {"uuid", "{uuid}", 0},
    {"call_uuid", "{call_uuid}", 0},
    {"session_id", "{session_id}", 0},
    {"sip_local_network_addr", "{profile_ip}", 0},
    {"sip_profile_name", "{profile}", 0},
    {"video_media_flow", "disabled", 0},
    {"audio_media_flow", "disabled", 0},
    {"text_media_flow", "disabled", 0},
    {"channel_name", "{channel_name}", 0},
    {"sip_destination_url", "sip:{url}", 0},
    {0},
};

/* The variables of the originate string come before these (switch_ivr_originate.c). */
static const sim_row out_originate[] = {
    {"originate_early_media", "false", SIM_IF_EARLY_WAITED},
    {"originate_early_media", "true", SIM_IF_EARLY_TAKEN},
    {"originating_leg_uuid", "{other_uuid}", SIM_IF_FORKED},
    {"originate_endpoint", "sofia", 0},
    {0},
};

/* What a bridge hands to the leg that it makes, behind the X-headers (switch_ivr_originate.c,
 * sofia_outgoing_channel()). switch_m_sdp follows. */
static const sim_row out_forked[] = {
    {"sip_cid_type", "rpid", 0},
    {"max_forwards", "69", 0},
    {"originator_codec", "PCMU@8000h@20i", 0},
    {"originator", "{other_uuid}", 0},
    {"signal_bond", "{other_uuid}", 0},
    {0},
};

static const sim_row out_invite[] = {
    USE_CODEC_ROWS,
    {"local_media_ip", "{caller_ip}", 0},
    {"local_media_port", "{caller_rtp}", 0},
    {"advertised_media_ip", "{caller_ip}", 0},
    {"audio_media_flow", "sendrecv", 0},
    {"video_media_flow", "inactive", SIM_IF_FORKED},
    {"rtp_local_sdp_str", OFFER_BOTH DIRECTION, SIM_IF_BOTH},
    {"rtp_local_sdp_str", OFFER_PCMU DIRECTION, SIM_IF_PCMU},
    {"sip_outgoing_contact_uri", "<sip:mod_sofia@{caller_ip}:{caller_port}>", 0},
    {"sip_req_uri", URI, 0},
    {"sip_to_host", "{hostport}", 0},
    {"sip_from_host", "{caller_ip}", 0},
    {"sofia_profile_name", "{profile}", 0},
    {"recovery_profile_name", "{profile}", 0},
    {"sofia_profile_url", "sip:mod_sofia@{caller_ip}:{caller_port}", 0},
    {0},
};

#define REPLIED                                                                         \
    {"sip_local_network_addr", "{caller_ip}", 0}, {"sip_reply_host", "{callee_ip}", 0}, \
        {"sip_reply_port", "{callee_port}", 0}, {"sip_network_ip", "{callee_ip}", 0},   \
    {                                                                                   \
        "sip_network_port", "{callee_port}", 0                                          \
    }

#define DIALOG_ROWS                                                                            \
    {"sip_user_agent", AGENT, 0}, {"sip_allow", ALLOW, 0},                                     \
        {"sip_recover_contact", "<sip:{user}@{callee_ip}:{callee_port};transport=udp>", 0},    \
        {"sip_full_via", VIA("{branch}"), 0}, {"sip_recover_via", VIA("{branch}"), 0},         \
        {"sip_from_display", "{from_name}", SIM_IF_NAME},                                      \
        {"sip_full_from", NAMED FROM_TAG, SIM_IF_NAME},                                        \
        {"sip_full_from", FROM_TAG, SIM_IF_NAMELESS},                                          \
        {"sip_full_to", "<sip:" URI ">;tag={to_tag}", 0}, {"sip_from_user", "{from_user}", 0}, \
        {"sip_from_uri", "{from_user}@{caller_ip}", 0}, {"sip_from_host", "{caller_ip}", 0},   \
        {"sip_to_user", "{user}", 0}, {"sip_to_port", "{port}", SIM_IF_PORT},                  \
        {"sip_to_uri", URI, 0}, {"sip_to_host", "{host}", 0},                                  \
        {"sip_contact_params", "transport=udp", 0}, {"sip_contact_user", "{user}", 0},         \
        {"sip_contact_port", "{callee_port}", 0},                                              \
        {"sip_contact_uri", "{user}@{callee_ip}:{callee_port}", 0},                            \
        {"sip_contact_host", "{callee_ip}", 0}, {"sip_to_tag", "{to_tag}", 0},                 \
        {"sip_from_tag", "{from_tag}", 0}, {"sip_cseq", "{cseq}", 0},                          \
    {                                                                                          \
        "sip_call_id", "{call_id}", 0                                                          \
    }

/* The first answer to the INVITE that makes a dialog: 18x or 200. */
static const sim_row out_reply[] = {REPLIED, DIALOG_ROWS, {0}};

/* The SDP that answers ours, and the codec that comes of it. */
#define ANSWER_ROWS                                             \
    USE_CODEC_ROWS, {"remote_video_media_flow", "inactive", 0}, \
        {"remote_text_media_flow", "inactive", 0},              \
    {                                                           \
        "remote_audio_media_flow", "sendrecv", 0                \
    }
/* The SDP of a 200; that of a 183 came before. */
static const sim_row out_answer_sdp[] = {{"switch_r_sdp", ANSWER_SDP, 0}, {0}};

static const sim_row out_sdp[] = {
    {"ep_codec_string", PCMU_CODEC, 0},
    ANSWER_ROWS,
    {"audio_media_flow", "sendrecv", SIM_IF_PROGRESS_MEDIA},
    {"remote_media_ip", "{callee_ip}", 0},
    {"remote_media_port", "{callee_rtp}", 0},
    CODEC_ROWS,
    {0},
};

/* switch_core_session_set_real_read_codec() and set_write_codec(), each behind its event. */
static const sim_row read_codec[] = {
    {"read_codec", "PCMU", 0},
    {"original_read_codec", "PCMU", 0},
    {"read_rate", "8000", 0},
    {"original_read_rate", "8000", 0},
    {0},
};
static const sim_row write_codec[] = {
    {"write_codec", "PCMU", 0},
    {"write_rate", "8000", 0},
    {"dtmf_type", "rfc2833", 0},
    {0},
};

/* clang-format off */
#define RTP_ROWS(own, other)                                                                    \
    {"local_media_ip", "{" own "_ip}", 0}, {"local_media_port", "{" own "_rtp}", 0},            \
    {"advertised_media_ip", "{" own "_ip}", 0},                                                 \
    {"rtp_use_timer_name", "{rtp_timer}", SIM_IF_RTP_TIMER}, {"rtp_use_pt", "0", 0},            \
    {"rtp_use_ssrc", "{" own "_ssrc}", 0}, {"rtp_2833_send_payload", "101", 0},                 \
    {"rtp_2833_recv_payload", "101", 0}, {"remote_media_ip", "{" other "_ip}", 0},              \
    {"remote_media_port", "{" other "_rtp}", 0}, {0}
/* clang-format on */
static const sim_row out_rtp[] = {RTP_ROWS("caller", "callee")};

/* 183 with SDP. */
static const sim_row out_early[] = {
    REPLIED, {"ep_codec_string", PCMU_CODEC, 0}, DIALOG_ROWS, {"switch_r_sdp", ANSWER_SDP, 0}, {0},
};

static const sim_row answered[] = {{"endpoint_disposition", "ANSWER", 0}, {0}};

/* switch_channel_flip_cid(): the leg shows the other party from here on. */
static const sim_row out_flipped[] = {
    {"pre_transfer_caller_id_name", "{orig_cid_name}", SIM_IF_ORIG_NAME},
    {"pre_transfer_caller_id_number", "{orig_cid_number}", 0},
    {"channel_cid_flipped", "yes", 0},
    {0},
};

#define TERM_ROWS(status, cause)                                                       \
    {"sip_term_status", status, 0}, {"proto_specific_hangup_cause", "sip:" status, 0}, \
    {                                                                                  \
        "sip_term_cause", cause, 0                                                     \
    }

/* The first is for a leg that had no answer with SDP before. */
static const sim_row out_first_refused[] = {{"sip_call_id", "{call_id}", 0}, {0}};
static const sim_row out_refused[] = {
    REPLIED,
    {"sip_hangup_disposition", "recv_refuse", 0},
    {"sip_invite_failure_status", "{status}", 0},
    {"sip_invite_failure_phrase", "{phrase}", 0},
    TERM_ROWS("{status}", "{cause_code}"),
    {0},
};

/* Nobody answered: mod_sofia's own 503. */
static const sim_row out_unreached[] = {
    {"sip_call_id", "{call_id}", 0},
    {"sip_local_network_addr", "{caller_ip}", 0},
    {"sip_reply_port", "0", 0},
    {"sip_network_port", "0", 0},
    {"sip_hangup_disposition", "recv_refuse", 0},
    {"sip_invite_failure_status", "503", 0},
    {"sip_invite_failure_phrase", "Service Unavailable", 0},
    TERM_ROWS("503", "41"),
    {0},
};

/* sofia_handle_sip_i_invite(), up to the first event. */
static const sim_row in_first[] = {
    {"direction", "inbound", 0},
    {"uuid", "{uuid}", 0},
    {"call_uuid", "{call_uuid}", 0},
    {"session_id", "{session_id}", 0},
    {"sip_from_user", "{from_user}", 0},
    {"sip_from_uri", "{from_user}@{caller_ip}", 0},
    {"sip_from_host", "{caller_ip}", 0},
    {"video_media_flow", "disabled", 0},
    {"audio_media_flow", "disabled", 0},
    {"text_media_flow", "disabled", 0},
    {"channel_name", "{channel_name}", 0},
    {"sip_call_id", "{call_id}", 0},
    {0},
};

static const sim_row in_new[] = {
    {"sip_local_network_addr", "{callee_ip}", 0},
    {"sip_network_ip", "{caller_ip}", 0},
    {"sip_network_port", "{caller_port}", 0},
    {"sip_invite_stamp", "{start_uepoch}", 0},
    {"sip_received_ip", "{caller_ip}", 0},
    {"sip_received_port", "{caller_port}", 0},
    {"sip_via_protocol", "udp", 0},
    {"sip_from_user_stripped", "{from_user}", 0},
    {"sip_from_tag", "{from_tag}", 0},
    {"sofia_profile_name", "{profile}", 0},
    {"sofia_profile_url", "sip:mod_sofia@{callee_ip}:{callee_port}", 0},
    {"recovery_profile_name", "{profile}", 0},
    {"sip_Remote-Party-ID",
     NAMED "<sip:{from_user}@{caller_ip}>;party=calling;screen=yes;privacy=off", SIM_IF_NAME},
    {"sip_Remote-Party-ID", "<sip:{from_user}@{caller_ip}>;party=calling;screen=yes;privacy=off",
     SIM_IF_NAMELESS},
    {"sip_cid_type", "rpid", 0},
    {"sip_full_route", "<{route}>", SIM_IF_ROUTE},
    {"sip_full_via", VIA("{branch}"), 0},
    {"sip_from_display", "{from_name}", SIM_IF_NAME},
    {"sip_full_from", NAMED FROM_TAG, SIM_IF_NAME},
    {"sip_full_from", FROM_TAG, SIM_IF_NAMELESS},
    {"sip_full_to", "<sip:" URI ">", 0},
    {"sip_allow", ALLOW, 0},
    {"sip_req_user", "{user}", 0},
    {"sip_req_port", "{port}", SIM_IF_PORT},
    {"sip_req_uri", URI, 0},
    {"sip_req_host", "{host}", 0},
    {"sip_to_user", "{user}", 0},
    {"sip_to_port", "{port}", SIM_IF_PORT},
    {"sip_to_uri", URI, 0},
    {"sip_to_host", "{host}", 0},
    {"sip_contact_user", "mod_sofia", 0},
    {"sip_contact_port", "{caller_port}", 0},
    {"sip_contact_uri", "mod_sofia@{caller_ip}:{caller_port}", 0},
    {"sip_contact_host", "{caller_ip}", 0},
    {"endpoint_disposition", "INBOUND CALL", 0},
    {"sip_user_agent", AGENT, 0},
    {"sip_via_host", "{caller_ip}", 0},
    {"sip_via_port", "{caller_port}", 0},
    {"sip_via_rport", "{caller_port}", 0},
    {"max_forwards", "70", 0},
    {0},
};

/* Behind the X-headers of the INVITE: its SDP and the codec chosen. */
static const sim_row in_sdp[] = {
    {"switch_r_sdp", OFFER_BOTH, SIM_IF_BOTH},
    {"switch_r_sdp", OFFER_PCMU, SIM_IF_PCMU},
    {"ep_codec_string", PCMU_CODEC "," PCMA_CODEC, SIM_IF_BOTH},
    {"ep_codec_string", PCMU_CODEC, SIM_IF_PCMU},
    {"rtp_use_codec_string", "PCMU,PCMA", 0},
    {"remote_video_media_flow", "inactive", 0},
    {"remote_text_media_flow", "inactive", 0},
    {"remote_audio_media_flow", "sendrecv", 0},
    {"audio_media_flow", "sendrecv", 0},
    {"remote_media_ip", "{caller_ip}", 0},
    {"remote_media_port", "{caller_rtp}", 0},
    CODEC_ROWS,
    {0},
};

static const sim_row in_received[] = {{"endpoint_disposition", "RECEIVED", 0}, {0}};

static const sim_row in_routed[] = {
    {"call_uuid", "{call_uuid}", 0},
    {"DP_MATCH", "ARRAY::{dest}|:{dest}", 0},
    {0},
};

/* switch_core_standard_on_execute(). */
static const sim_row executing[] = {{"call_uuid", "{call_uuid}", 0}, {0}};

static const sim_row in_ring[] = {{"sip_to_tag", "{to_tag}", 0}, {0}};

/* Our own answer to the SDP: of a 183 or of a 200. */
static const sim_row in_local_sdp[] = {{"rtp_local_sdp_str", ANSWER_SDP DIRECTION, 0}, {0}};

static const sim_row in_rtp[] = {RTP_ROWS("callee", "caller")};

static const sim_row early[] = {{"endpoint_disposition", "EARLY MEDIA", 0}, {0}};

static const sim_row in_ack[] = {
    {"sip_to_tag", "{to_tag}", 0},
    {"sip_from_tag", "{from_tag}", 0},
    {"sip_cseq", "{cseq}", 0},
    {"sip_call_id", "{call_id}", 0},
    {"sip_full_via", VIA("{branch2}"), 0},
    {"sip_from_display", "{from_name}", SIM_IF_NAME},
    {"sip_full_from", NAMED FROM_TAG, SIM_IF_NAME},
    {"sip_full_from", FROM_TAG, SIM_IF_NAMELESS},
    {"sip_full_to", "<sip:" URI ">;tag={to_tag}", 0},
    {0},
};

#define REASON_ROW                                                   \
    {                                                                \
        "sip_reason", "Q.850;cause={cause_code};text=\"{cause}\"", 0 \
    }

static const sim_row got_bye[] = {REASON_ROW, TERM_ROWS("200", "{cause_code}"), {0}};

static const sim_row bye_seen[] = {
    {"sip_user_agent", AGENT, 0},
    {"sip_hangup_disposition", "recv_bye", 0},
    {0},
};

static const sim_row got_cancel[] = {
    {"sip_hangup_disposition", "recv_cancel", 0},
    {"sip_invite_failure_status", "487", 0},
    {"sip_invite_failure_phrase", "CANCEL", 0},
    {"sip_reason", "Q.850;cause=16;text=\"NORMAL_CLEARING\"", 0},
    TERM_ROWS("487", "487"),
    {0},
};

#define SPAN_ROWS(unit)                                                               \
    {"bill" unit, "{bill_" unit "}", 0}, {"progress" unit, "{progress_" unit "}", 0}, \
        {"answer" unit, "{answer_" unit "}", 0}, {"wait" unit, "{wait_" unit "}", 0}, \
        {"progress_media" unit, "{progress_media_" unit "}", 0},                      \
    {                                                                                 \
        "flow_bill" unit, "{flow_" unit "}", 0                                        \
    }

/* switch_channel_set_timestamps() and what is counted with it. */
static const sim_row report[] = {
    {"hangup_cause", "{cause}", 0},
    {"hangup_cause_q850", "{cause_code}", 0},
    {"digits_dialed", "none", 0},
    {"start_stamp", "{start_stamp}", 0},
    {"profile_start_stamp", "{profile_start_stamp}", 0},
    {"answer_stamp", "{answer_stamp}", SIM_IF_ANSWERED},
    {"hold_stamp", "{last_hold_stamp}", SIM_IF_HELD},
    {"hold_events", "{hold_events}", SIM_IF_HELD},
    {"bridge_stamp", "{bridge_stamp}", SIM_IF_BRIDGED},
    {"progress_stamp", "{progress_stamp}", SIM_IF_PROGRESS},
    {"progress_media_stamp", "{progress_media_stamp}", SIM_IF_PROGRESS_MEDIA},
    {"end_stamp", "{end_stamp}", 0},
    {"start_epoch", "{start_epoch}", 0},
    {"start_uepoch", "{start_uepoch}", 0},
    {"profile_start_epoch", "{profile_start_epoch}", 0},
    {"profile_start_uepoch", "{profile_start_uepoch}", 0},
    {"answer_epoch", "{answer_epoch}", 0},
    {"answer_uepoch", "{answer_uepoch}", 0},
    {"bridge_epoch", "{bridge_epoch}", 0},
    {"bridge_uepoch", "{bridge_uepoch}", 0},
    {"last_hold_epoch", "{last_hold_epoch}", 0},
    {"last_hold_uepoch", "{last_hold_uepoch}", 0},
    {"hold_accum_seconds", "{hold_accum_seconds}", 0},
    {"hold_accum_usec", "{hold_accum}", 0},
    {"hold_accum_ms", "0", 0},
    {"resurrect_epoch", "0", 0},
    {"resurrect_uepoch", "0", 0},
    {"progress_epoch", "{progress_epoch}", 0},
    {"progress_uepoch", "{progress_uepoch}", 0},
    {"progress_media_epoch", "{progress_media_epoch}", 0},
    {"progress_media_uepoch", "{progress_media_uepoch}", 0},
    {"end_epoch", "{end_epoch}", 0},
    {"end_uepoch", "{end_uepoch}", 0},
    {"last_app", "{last_app}", SIM_IF_LAST_APP},
    {"last_arg", "{last_arg}", SIM_IF_LAST_ARG},
    {"caller_id", "{caller_id}", 0},
    {"duration", "{total_sec}", 0},
    SPAN_ROWS("sec"),
    {"mduration", "{total_msec}", 0},
    SPAN_ROWS("msec"),
    {"uduration", "{total_usec}", 0},
    SPAN_ROWS("usec"),
    {0},
};

static const sim_row sent_bye[] = {{"sip_hangup_disposition", "send_bye", 0}, {0}};
static const sim_row sent_refuse[] = {{"sip_hangup_disposition", "send_refuse", 0}, {0}};
static const sim_row sent_cancel[] = {
    {"sip_hangup_disposition", "send_cancel", 0},
    {"sip_invite_failure_status", "487", 0},
    {"sip_invite_failure_phrase", "CANCEL", 0},
    {0},
};

/* switch_core_media.c, set_stats(): no media flows here, so none is counted. */
static const sim_row rtp_stats[] = {
    {"rtp_audio_in_raw_bytes", "0", 0},
    {"rtp_audio_in_media_bytes", "0", 0},
    {"rtp_audio_in_packet_count", "0", 0},
    {"rtp_audio_in_media_packet_count", "0", 0},
    {"rtp_audio_in_skip_packet_count", "1", 0},
    {"rtp_audio_in_jitter_packet_count", "0", 0},
    {"rtp_audio_in_dtmf_packet_count", "0", 0},
    {"rtp_audio_in_cng_packet_count", "0", 0},
    {"rtp_audio_in_flush_packet_count", "0", 0},
    {"rtp_audio_in_largest_jb_size", "0", 0},
    {"rtp_audio_in_jitter_min_variance", "0.00", 0},
    {"rtp_audio_in_jitter_max_variance", "0.00", 0},
    {"rtp_audio_in_jitter_loss_rate", "0.00", 0},
    {"rtp_audio_in_jitter_burst_rate", "0.00", 0},
    {"rtp_audio_in_mean_interval", "0.00", 0},
    {"rtp_audio_in_flaw_total", "0", 0},
    {"rtp_audio_in_quality_percentage", "100.00", 0},
    {"rtp_audio_in_mos", "4.50", 0},
    {"rtp_audio_out_raw_bytes", "0", 0},
    {"rtp_audio_out_media_bytes", "0", 0},
    {"rtp_audio_out_packet_count", "0", 0},
    {"rtp_audio_out_media_packet_count", "0", 0},
    {"rtp_audio_out_skip_packet_count", "0", 0},
    {"rtp_audio_out_dtmf_packet_count", "0", 0},
    {"rtp_audio_out_cng_packet_count", "0", 0},
    {"rtp_audio_rtcp_packet_count", "0", 0},
    {"rtp_audio_rtcp_octet_count", "0", 0},
    {0},
};

/* A leg that is bridged before it was answered gets its SDP from the other (switch_m_sdp). */
static const sim_row bridging_media[] = {
    {"video_media_flow", "inactive", 0},
    {"text_media_flow", "inactive", 0},
    {"audio_media_flow", "sendrecv", 0},
    {0},
};

/* audio_bridge_on_exchange_media(). */
static const sim_row bridge_forked[] = {{"call_uuid", "{call_uuid}", 0}, {0}};

static const sim_row own_call[] = {{"call_uuid", "{uuid}", 0}, {0}};

const sim_row *const swio_sim_stage_rows[SIM_STAGE_COUNT] = {
    [SIM_STAGE_OUT_NEW] = out_new,
    [SIM_STAGE_OUT_FORKED] = out_forked,
    [SIM_STAGE_OUT_ORIGINATE] = out_originate,
    [SIM_STAGE_OUT_INVITE] = out_invite,
    [SIM_STAGE_OUT_REPLY] = out_reply,
    [SIM_STAGE_OUT_EARLY] = out_early,
    [SIM_STAGE_OUT_ANSWER_SDP] = out_answer_sdp,
    [SIM_STAGE_OUT_SDP] = out_sdp,
    [SIM_STAGE_OUT_RTP] = out_rtp,
    [SIM_STAGE_OUT_FLIPPED] = out_flipped,
    [SIM_STAGE_OUT_FIRST_REFUSED] = out_first_refused,
    [SIM_STAGE_OUT_REFUSED] = out_refused,
    [SIM_STAGE_OUT_UNREACHED] = out_unreached,
    [SIM_STAGE_READ_CODEC] = read_codec,
    [SIM_STAGE_WRITE_CODEC] = write_codec,
    [SIM_STAGE_IN_FIRST] = in_first,
    [SIM_STAGE_IN_NEW] = in_new,
    [SIM_STAGE_IN_SDP] = in_sdp,
    [SIM_STAGE_IN_RECEIVED] = in_received,
    [SIM_STAGE_IN_ROUTED] = in_routed,
    [SIM_STAGE_IN_RING] = in_ring,
    [SIM_STAGE_IN_LOCAL_SDP] = in_local_sdp,
    [SIM_STAGE_IN_RTP] = in_rtp,
    [SIM_STAGE_IN_ACK] = in_ack,
    [SIM_STAGE_ANSWERED] = answered,
    [SIM_STAGE_EXECUTING] = executing,
    [SIM_STAGE_EARLY] = early,
    [SIM_STAGE_GOT_BYE] = got_bye,
    [SIM_STAGE_BYE_SEEN] = bye_seen,
    [SIM_STAGE_GOT_CANCEL] = got_cancel,
    [SIM_STAGE_REPORT] = report,
    [SIM_STAGE_SENT_BYE] = sent_bye,
    [SIM_STAGE_SENT_REFUSE] = sent_refuse,
    [SIM_STAGE_SENT_CANCEL] = sent_cancel,
    [SIM_STAGE_RTP_STATS] = rtp_stats,
    [SIM_STAGE_BRIDGING_MEDIA] = bridging_media,
    [SIM_STAGE_BRIDGE_FORKED] = bridge_forked,
    [SIM_STAGE_OWN_CALL] = own_call,
};
