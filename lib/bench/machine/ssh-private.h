/*
 * The parts of the ssh machine: the connection (ssh.c), commands over it
 * (ssh-run.c), kernels (ssh-boot.c). For these files.
 */
#ifndef BENCH_MACHINE_SSH_PRIVATE_H
#define BENCH_MACHINE_SSH_PRIVATE_H

#include "bench/machine/machine-private.h"

struct ssh {
	/* The lasting connection; `master.state` is NULL when there is none. */
	struct job master;
	bool connected;
	/* 0700, ours; holds the socket. */
	char *dir;
	char *socket;
	/* Our directory on the machine; NULL before it is made. */
	char *remote;
};

/* `ssh` with every option that our use needs, up to "-- <host>". */
void ssh_arguments(const struct machine *m, struct strvec *args, bool master, double connect_timeout);
/* Connected, and our directory is there. */
enum outcome ssh_connect(struct machine *m, double connect_timeout) MUST_CHECK;
/* After a boot: what there was is gone. */
void ssh_disconnect(struct machine *m);

/* A command on the machine, as machine_ops.run. */
enum outcome ssh_run(struct machine *m, struct machine_run *run);
/* The same before there is a directory of ours: in the user's home. */
enum outcome ssh_run_anywhere(struct machine *m, struct machine_run *run);
/* As machine_ops.start, when connected. */
enum outcome ssh_start(struct machine *m, const char *command, struct job *job, struct strbuf *input);
/* All of a local directory into a new directory of ours there. */
enum outcome ssh_put(struct machine *m, const char *dir, const char *name) MUST_CHECK;

enum outcome ssh_boot(struct machine *m);

#endif
