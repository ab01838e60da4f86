/* The headers of events, and where each event comes from. */
#include "sim/tables.h"

const char *const swio_sim_event_names[SIM_EVENT_COUNT] = {
#define X(name) #name,
    SIM_EVENT_TYPES(X)
#undef X
};

/* switch_event.c: what every event starts with. */
const sim_row swio_sim_basic_rows[] = {
    {"Event-Name", "{event_name}", 0},           {"Core-UUID", "{core_uuid}", 0},
    {"FreeSWITCH-Hostname", "sim", 0},           {"FreeSWITCH-Switchname", "{switchname}", 0},
    {"FreeSWITCH-IPv4", "{node_ip}", 0},         {"FreeSWITCH-IPv6", "::1", 0},
    {"Event-Date-Local", "{local}", 0},          {"Event-Date-GMT", "{gmt}", 0},
    {"Event-Date-Timestamp", "{now}", 0},        {"Event-Calling-File", "{file}", 0},
    {"Event-Calling-Function", "{function}", 0}, {"Event-Calling-Line-Number", "{line}", 0},
    {"Event-Sequence", "{sequence}", 0},         {0},
};

/* switch_channel_event_set_basic_data() and switch_caller_profile_event_set_data(). */
#define P SIM_IF_PROFILE
const sim_row swio_sim_channel_rows[] = {
    {"Channel-State", "{state}", 0},
    {"Channel-Call-State", "{callstate}", 0},
    {"Channel-State-Number", "{state_number}", 0},
    {"Channel-Name", "{channel_name}", 0},
    {"Unique-ID", "{uuid}", 0},
    {"Call-Direction", "{direction}", 0},
    {"Presence-Call-Direction", "{direction}", 0},
    {"Channel-HIT-Dialplan", "{hit_dialplan}", 0},
    {"Channel-Call-UUID", "{call_uuid}", 0},
    {"Answer-State", "{answer_state}", 0},
    {"Hangup-Cause", "{cause}", SIM_IF_CAUSE},
    {"Channel-Read-Codec-Name", "PCMU", SIM_IF_CODEC},
    {"Channel-Read-Codec-Rate", "8000", SIM_IF_CODEC},
    {"Channel-Read-Codec-Bit-Rate", "64000", SIM_IF_CODEC},
    {"Channel-Write-Codec-Name", "PCMU", SIM_IF_CODEC},
    {"Channel-Write-Codec-Rate", "8000", SIM_IF_CODEC},
    {"Channel-Write-Codec-Bit-Rate", "64000", SIM_IF_CODEC},
    {"Caller-Direction", "{direction}", P},
    {"Caller-Logical-Direction", "{logical_direction}", P},
    {"Caller-Username", "{username}", P | SIM_IF_USERNAME},
    {"Caller-Dialplan", "{dialplan}", P | SIM_IF_DIALPLAN},
    {"Caller-Caller-ID-Name", "{cid_name}", P | SIM_IF_CID_NAME},
    {"Caller-Caller-ID-Number", "{cid_number}", P},
    {"Caller-Orig-Caller-ID-Name", "{orig_cid_name}", P | SIM_IF_ORIG_NAME},
    {"Caller-Orig-Caller-ID-Number", "{orig_cid_number}", P},
    {"Caller-Callee-ID-Name", "{callee_name}", P | SIM_IF_CALLEE_NAME},
    {"Caller-Callee-ID-Number", "{callee_number}", P | SIM_IF_CALLEE_NUMBER},
    {"Caller-Network-Addr", "{network_addr}", P | SIM_IF_NETWORK},
    {"Caller-ANI", "{ani}", P},
    {"Caller-Destination-Number", "{dest}", P},
    {"Caller-Unique-ID", "{uuid}", P},
    {"Caller-Source", "{source}", P},
    {"Caller-Transfer-Source", "{transfer_source}", P | SIM_IF_TRANSFERRED},
    {"Caller-Context", "{context}", P},
    {"Caller-RDNIS", "{rdnis}", P | SIM_IF_RDNIS},
    {"Caller-Channel-Name", "{channel_name}", P},
    {"Caller-Profile-Index", "{profile_index}", P},
    {"Caller-Profile-Created-Time", "{profile_start_uepoch}", P},
    {"Caller-Channel-Created-Time", "{start_uepoch}", P},
    {"Caller-Channel-Answered-Time", "{answer_uepoch}", P},
    {"Caller-Channel-Progress-Time", "{progress_uepoch}", P},
    {"Caller-Channel-Progress-Media-Time", "{progress_media_uepoch}", P},
    {"Caller-Channel-Hangup-Time", "{end_uepoch}", P},
    {"Caller-Channel-Transfer-Time", "{transfer_uepoch}", P},
    {"Caller-Channel-Resurrect-Time", "0", P},
    {"Caller-Channel-Bridged-Time", "{bridge_uepoch}", P},
    {"Caller-Channel-Last-Hold", "{last_hold_uepoch}", P},
    {"Caller-Channel-Hold-Accum", "{hold_accum}", P},
    {"Caller-Screen-Bit", "true", P},
    {"Caller-Privacy-Hide-Name", "false", P},
    {"Caller-Privacy-Hide-Number", "false", P},
    {0},
};
#undef P

/* The other leg as it was when the two met: a copy of it stands behind these. */
const sim_row swio_sim_other_rows[] = {
    {"Other-Type", "{other_type}", 0},
    {"Other-Leg-Direction", "{direction}", 0},
    {"Other-Leg-Logical-Direction", "inbound", 0},
    {"Other-Leg-Username", "{username}", SIM_IF_USERNAME},
    {"Other-Leg-Dialplan", "{dialplan}", SIM_IF_DIALPLAN},
    {"Other-Leg-Caller-ID-Name", "{cid_name}", SIM_IF_CID_NAME},
    {"Other-Leg-Caller-ID-Number", "{cid_number}", 0},
    {"Other-Leg-Orig-Caller-ID-Name", "{orig_cid_name}", SIM_IF_ORIG_NAME},
    {"Other-Leg-Orig-Caller-ID-Number", "{orig_cid_number}", 0},
    {"Other-Leg-Callee-ID-Name", "{callee_name}", SIM_IF_CALLEE_NAME},
    {"Other-Leg-Callee-ID-Number", "{callee_number}", SIM_IF_CALLEE_NUMBER},
    {"Other-Leg-Network-Addr", "{network_addr}", SIM_IF_NETWORK},
    {"Other-Leg-ANI", "{ani}", 0},
    {"Other-Leg-Destination-Number", "{dest}", 0},
    {"Other-Leg-Unique-ID", "{uuid}", 0},
    {"Other-Leg-Source", "{source}", 0},
    {"Other-Leg-Context", "{context}", 0},
    {"Other-Leg-Channel-Name", "{channel_name}", 0},
    {"Other-Leg-Profile-Created-Time", "{profile_start_uepoch}", 0},
    {"Other-Leg-Channel-Created-Time", "{start_uepoch}", 0},
    {"Other-Leg-Channel-Answered-Time", "{answer_uepoch}", 0},
    {"Other-Leg-Channel-Progress-Time", "{progress_uepoch}", 0},
    {"Other-Leg-Channel-Progress-Media-Time", "{progress_media_uepoch}", 0},
    {"Other-Leg-Channel-Hangup-Time", "0", 0},
    {"Other-Leg-Channel-Transfer-Time", "0", 0},
    {"Other-Leg-Channel-Resurrect-Time", "0", 0},
    {"Other-Leg-Channel-Bridged-Time", "0", 0},
    {"Other-Leg-Channel-Last-Hold", "0", 0},
    {"Other-Leg-Channel-Hold-Accum", "0", 0},
    {"Other-Leg-Screen-Bit", "true", 0},
    {"Other-Leg-Privacy-Hide-Name", "false", 0},
    {"Other-Leg-Privacy-Hide-Number", "false", 0},
    {0},
};

static const sim_row read_codec[] = {
    {"channel-read-codec-name", "PCMU", 0},
    {"channel-read-codec-rate", "8000", 0},
    {"channel-read-codec-bit-rate", "64000", 0},
    {0},
};
static const sim_row write_codec[] = {
    {"Channel-Write-Codec-Name", "PCMU", 0},
    {"Channel-Write-Codec-Rate", "8000", 0},
    {"Channel-Write-codec-bit-rate", "64000", 0},
    {0},
};
static const sim_row callstate[] = {
    {"Original-Channel-Call-State", "{1}", 0},
    {"Channel-Call-State-Number", "{2}", 0},
    {0},
};
static const sim_row direction[] = {{"Direction", "{1}", 0}, {0}};
static const sim_row cause[] = {{"Hangup-Cause", "{cause}", 0}, {0}};
static const sim_row execute[] = {
    {"Application", "{1}", 0},
    {"Application-Data", "{2}", SIM_IF_ARG(2)},
    {"Application-UUID", "{3}", 0},
    {0},
};
static const sim_row executed[] = {
    {"Application", "{1}", 0},
    {"Application-Data", "{2}", SIM_IF_ARG(2)},
    {"Application-Response", "{4}", 0},
    {"Application-UUID", "{3}", 0},
    {0},
};
static const sim_row api[] = {
    {"API-Command", "{1}", 0},
    {"API-Command-Argument", "{2}", SIM_IF_ARG(2)},
    {0},
};
static const sim_row job[] = {
    {"Job-UUID", "{1}", 0},
    {"Job-Command", "{2}", 0},
    {"Job-Command-Arg", "{3}", SIM_IF_ARG(3)},
    {0},
};
static const sim_row play_start[] = {
    {"Playback-File-Type", "{1}", SIM_IF_ARG(1)},
    {"Playback-File-Path", "{2}", 0},
    {0},
};
static const sim_row play_stop[] = {
    {"Playback-File-Type", "{1}", SIM_IF_ARG(1)},
    {"Playback-File-Path", "{2}", 0},
    {"Playback-Status", "{3}", 0},
    {0},
};
static const sim_row heartbeat[] = {
    {"Event-Info", "System Ready", 0},
    {"Up-Time", "{1}", 0},
    {"FreeSWITCH-Version", "1.10.12-release+git~20240802T210227Z~a88d069d6f~64bit", 0},
    {"Uptime-msec", "{2}", 0},
    {"Session-Count", "{3}", 0},
    {"Max-Sessions", "{4}", 0},
    {"Session-Per-Sec", "{5}", 0},
    {"Session-Per-Sec-Last", "{6}", 0},
    {"Session-Per-Sec-Max", "{7}", 0},
    {"Session-Per-Sec-FiveMin", "{7}", 0},
    {"Session-Since-Startup", "{8}", 0},
    {"Session-Peak-Max", "{7}", 0},
    {"Session-Peak-FiveMin", "{7}", 0},
    {"Idle-CPU", "90.000000", 0},
    {0},
};
static const sim_row task[] = {
    {"Task-ID", "{1}", 0},
    {"Task-Desc", "{2}", 0},
    {"Task-Group", "{3}", 0},
    {"Task-Runtime", "{4}", 0},
    {0},
};

static const sim_row record[] = {
    {"Record-File-Path", "{1}", 0},
    {"Record-Completion-Cause", "{2}", SIM_IF_ARG(2)},
    {0},
};
static const sim_row bug[] = {
    {"Media-Bug-Function", "{1}", 0},
    {"Media-Bug-Target", "{2}", 0},
    {0},
};
static const sim_row dtmf[] = {
    {"DTMF-Digit", "{1}", 0},
    {"DTMF-Duration", "{2}", 0},
    {"DTMF-Source", "RTP", 0},
    {0},
};
static const sim_row bridge[] = {
    {"Bridge-A-Unique-ID", "{1}", 0},
    {"Bridge-B-Unique-ID", "{2}", 0},
    {0},
};
static const sim_row bridge_run[] = {
    {"Application", "uuid_bridge", 0},
    {"Application-Data", "{1}", 0},
    {0},
};
static const sim_row callee_sent[] = {
    {"Direction", "SEND", 0},
    {"Sent-Callee-ID-Name", "{1}", 0},
    {"Sent-Callee-ID-Number", "{2}", 0},
    {"Bridged-To", "{3}", 0},
    {0},
};
static const sim_row info[] = {
    {"SIP-Content-Type", "message/update_display", 0},
    {"SIP-From-User", "{1}", 0},
    {"SIP-From-Host", "{2}", 0},
    {"SIP-To-User", "{3}", 0},
    {"SIP-To-Host", "{4}", 0},
    {"SIP-Contact-User", "{5}", 0},
    {"SIP-Contact-Host", "{6}", 0},
    {0},
};
static const sim_row lost_sync[] = {
    {"sync_lost_percent", "{1}", 0},
    {"sync_lost_count", "{2}", 0},
    {"cng_count", "0", 0},
    {"err_samples", "{2}", 0},
    {0},
};

#define SESSION "switch_core_session.c"
#define CHANNEL "switch_channel.c"
#define MACHINE "switch_core_state_machine.c"

const sim_source_def swio_sim_sources[SIM_SOURCE_COUNT] = {
#define V SIM_SHOWS_VARIABLES
#define H SIM_SHOWS_HEADERS
#define N SIM_NO_CHANNEL
#define B SIM_SHOWS_BASICS
#define S(from, type, shows, file, function, line, before, after) \
    [SIM_FROM_##from] = {SIM_EV_##type, shows, line, file, function, before, after}
    S(OUTGOING, CHANNEL_OUTGOING, H, SESSION, "switch_core_session_outgoing_channel", 768, 0, 0),
    S(STATE, CHANNEL_STATE, H, CHANNEL, "switch_channel_perform_set_running_state", 2408, 0, 0),
    S(CREATE, CHANNEL_CREATE, V, MACHINE, "switch_core_session_run", 626, 0, 0),
    S(ORIGINATE, CHANNEL_ORIGINATE, V, MACHINE, "switch_core_session_run", 632, 0, 0),
    S(READ_CODEC, CODEC, H, "switch_core_codec.c", "switch_core_session_set_real_read_codec", 168,
      0, read_codec),
    S(WRITE_CODEC, CODEC, H, "switch_core_codec.c", "switch_core_session_set_write_codec", 450, 0,
      write_codec),
    S(CALLSTATE, CHANNEL_CALLSTATE, H, CHANNEL, "switch_channel_perform_set_callstate", 301,
      callstate, 0),
    S(EXECUTE, CHANNEL_EXECUTE, V, SESSION, "switch_core_session_exec", 2944, 0, execute),
    S(EXECUTE_COMPLETE, CHANNEL_EXECUTE_COMPLETE, V, SESSION, "switch_core_session_exec", 2967, 0,
      executed),
    S(PARK, CHANNEL_PARK, V, "switch_ivr.c", "switch_ivr_park", 1002, 0, 0),
    S(UNPARK, CHANNEL_UNPARK, V, "switch_ivr.c", "switch_ivr_park", 1213, 0, 0),
    S(ANSWER, CHANNEL_ANSWER, V, CHANNEL, "switch_channel_perform_mark_answered", 3846, 0, 0),
    S(FLIPPED, CALL_UPDATE, V, CHANNEL, "switch_channel_flip_cid", 3277, direction, 0),
    S(PROGRESS, CHANNEL_PROGRESS, V, CHANNEL, "switch_channel_perform_mark_ring_ready_value", 3505,
      0, 0),
    S(PROGRESS_MEDIA, CHANNEL_PROGRESS_MEDIA, V, CHANNEL,
      "switch_channel_perform_mark_pre_answered", 3588, 0, 0),
    S(HANGUP, CHANNEL_HANGUP, V, CHANNEL, "switch_channel_perform_hangup", 3445, 0, 0),
    S(HANGUP_COMPLETE, CHANNEL_HANGUP_COMPLETE, V, MACHINE, "switch_core_session_reporting_state",
      943, cause, 0),
    S(DESTROY, CHANNEL_DESTROY, V, SESSION, "switch_core_session_perform_destroy", 1584, 0, 0),
    S(API, API, N, "switch_loadable_module.c", "switch_api_execute", 2954, 0, api),
    S(JOB, BACKGROUND_JOB, N, "mod_event_socket.c", "api_exec", 1572, 0, job),
    S(PLAY_START, PLAYBACK_START, V, "switch_ivr_play_say.c", "switch_ivr_play_file", 1646, 0,
      play_start),
    S(PLAY_STOP, PLAYBACK_STOP, V, "switch_ivr_play_say.c", "switch_ivr_play_file", 2020, 0,
      play_stop),
    S(PRIVATE, PRIVATE_COMMAND, H, "switch_ivr.c", "switch_ivr_parse_next_event", 804, 0, 0),
    S(HEARTBEAT, HEARTBEAT, N, "switch_core.c", "send_heartbeat", 95, 0, heartbeat),
    S(SCHEDULED, ADD_SCHEDULE, N, "switch_scheduler.c", "switch_scheduler_add_task_ex", 266, 0,
      task),
    S(UNSCHEDULED, DEL_SCHEDULE, N, "switch_scheduler.c", "task_thread_loop", 151, 0, task),
    S(RECORD_START, RECORD_START, V, "switch_ivr_async.c", "record_callback", 1481, 0, record),
    S(RECORD_STOP, RECORD_STOP, V, "switch_ivr_async.c", "send_record_stop_event", 1240, 0, record),
    S(BUG_START, MEDIA_BUG_START, V, "switch_core_media_bug.c", "switch_core_media_bug_add", 1014,
      bug, 0),
    S(BUG_STOP, MEDIA_BUG_STOP, V, "switch_core_media_bug.c", "switch_core_media_bug_destroy", 84,
      bug, 0),
    S(DTMF, DTMF, H, CHANNEL, "switch_channel_dequeue_dtmf", 677, 0, dtmf),
    S(HOLD, CHANNEL_HOLD, V, "switch_ivr.c", "switch_ivr_hold", 1558, 0, 0),
    S(UNHOLD, CHANNEL_UNHOLD, V, "switch_ivr.c", "switch_ivr_unhold", 1638, 0, 0),
    S(HELD, CHANNEL_HOLD, V, CHANNEL, "switch_channel_mark_hold", 875, 0, 0),
    S(UNHELD, CHANNEL_UNHOLD, V, CHANNEL, "switch_channel_mark_hold", 875, 0, 0),
    S(BRIDGE, CHANNEL_BRIDGE, V, "switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", 1689,
      bridge, 0),
    S(BRIDGE_RUN, CHANNEL_EXECUTE, V, "switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", 1236, 0,
      bridge_run),
    S(UNBRIDGE, CHANNEL_UNBRIDGE, V, "switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge",
      1879, bridge, 0),
    S(CALLEE_SENT, CALL_UPDATE, V, "mod_sofia.c", "sofia_receive_message", 2100, callee_sent, 0),
    S(CALLEE_UPDATED, CALL_UPDATE, V, "sofia.c", "sofia_update_callee_id", 1246, direction, 0),
    S(INFO, RECV_INFO, H, "sofia.c", "create_info_event", 9721, info, 0),
    S(DUMP, CHANNEL_DATA, V, "mod_commands.c", "uuid_dump_function", 6468, 0, 0),
    S(IN_SYNC, CUSTOM, B, "mod_bert.c", "bert_test_function", 313, 0, 0),
    S(LOST_SYNC, CUSTOM, B, "mod_bert.c", "bert_test_function", 294, 0, lost_sync),
    S(BERT_TIMEOUT, CUSTOM, B, "mod_bert.c", "bert_test_function", 246, 0, 0),
    S(SENT, CUSTOM, N, "mod_event_socket.c", "parse_command", 2264, 0, 0),
    S(RESCHEDULED, RE_SCHEDULE, N, "switch_scheduler.c", "switch_scheduler_execute", 73, 0, task),
};
