/* All of switchio. */
#ifndef SWITCHIO_SWITCHIO_H
#define SWITCHIO_SWITCHIO_H

#include <switchio/app.h>
#include <switchio/apps.h>
#include <switchio/call.h>
#include <switchio/caller.h>
#include <switchio/cdr.h>
#include <switchio/client.h>
#include <switchio/connection.h>
#include <switchio/counts.h>
#include <switchio/error.h>
#include <switchio/event.h>
#include <switchio/expect.h>
#include <switchio/job.h>
#include <switchio/listener.h>
#include <switchio/log.h>
#include <switchio/loop.h>
#include <switchio/metrics.h>
#include <switchio/originate.h>
#include <switchio/originator.h>
#include <switchio/plot.h>
#include <switchio/pool.h>
#include <switchio/report.h>
#include <switchio/session.h>
#include <switchio/session_commands.h>
#include <switchio/sim.h>
#include <switchio/store.h>
#include <switchio/variable.h>
#include <switchio/vars.h>
#include <switchio/version.h>

#endif
