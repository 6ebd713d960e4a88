/*
 * The parts of the QEMU machine: a guest from its start to its end (qemu.c),
 * the emulator's command line (qemu-words.c), whether KVM works
 * (qemu-kvm.c). For these files.
 */
#ifndef BENCH_MACHINE_QEMU_PRIVATE_H
#define BENCH_MACHINE_QEMU_PRIVATE_H

#include "bench/machine/console.h"
#include "bench/machine/machine-private.h"

/* The processor of guests under KVM: this computer's. */
#define QEMU_KVM_CPU "host"

struct qemu {
	/* The guest that was started last; `job.state` is NULL when there is none. */
	struct job job;
	struct console console;
	/* What QEMU itself says. */
	struct strbuf errors;
	/* When the console said something last, by clock_monotonic(). */
	double heard;
	/* Runs of this guest, how many it was started for, and those that were taken. */
	size_t wanted, taken;
	/* Of a boot that went well; 0: none did yet. */
	double longest_boot;
	/* Decided once. */
	enum plan_accel accel;
};

const char *qemu_program(const struct plan_machine *conf);
/* The emulator's words for a boot of the software that is in use, `runs` of its benchmark. */
void qemu_words(const struct machine *m, enum plan_accel accel, size_t runs, struct strvec *words);
/* Can they be said at all? -1 with a recorded error. */
int qemu_check_words(const struct machine *m) MUST_CHECK;
/* The image that is booted; for free(). */
char *qemu_image(const struct machine *m);

/* Does KVM run code? A few instructions are run by it; /dev/kvm may be there and not work. */
bool qemu_kvm_works(const struct machine *m);

#endif
