# A real Slurm of one node on the loopback, for tests of machines that are a
# cluster's nodes: munged, slurmctld and slurmd from Debian's slurm-wlm, all as
# the user who runs the test.
#
#	. "$TEST_SOURCE/lib-slurm.sh"
#	start_slurm		sbatch, squeue and scancel then know it
#	stop_slurm
#
# Sockets have short paths: what is ours is in a folder below /tmp.
#
# shellcheck shell=sh disable=SC2154

for program in munged mungekey slurmctld slurmd
do
	eval "$program=\$(PATH=\$PATH:/usr/sbin command -v $program)"
done

if test -n "$munged" && test -n "$mungekey" && test -n "$slurmctld" && test -n "$slurmd" &&
	command -v sbatch >/dev/null && command -v squeue >/dev/null && command -v scancel >/dev/null
then
	test_set_prereq SLURM
fi

# write_slurm_files <port>: that and the next one.
write_slurm_files() {
	mkdir -p "$SLURM_DIR/state" "$SLURM_DIR/spool" &&
	cat >"$SLURM_DIR/slurm.conf" <<-EOT
	ClusterName=perf
	SlurmctldHost=$(hostname)(127.0.0.1)
	SlurmctldPort=$1
	SlurmdPort=$(($1 + 1))
	SlurmUser=$(id -un)
	SlurmdUser=$(id -un)
	AuthType=auth/munge
	AuthInfo=socket=$SLURM_DIR/munge
	StateSaveLocation=$SLURM_DIR/state
	SlurmdSpoolDir=$SLURM_DIR/spool
	SlurmctldPidFile=$SLURM_DIR/ctld.pid
	SlurmdPidFile=$SLURM_DIR/slurmd.pid
	SlurmctldLogFile=$SLURM_DIR/ctld.log
	SlurmdLogFile=$SLURM_DIR/slurmd.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	SelectType=select/linear
	MpiDefault=none
	ReturnToService=2
	SlurmdParameters=config_overrides
	SchedulerParameters=batch_sched_delay=0,sched_interval=1
	KillWait=2
	MessageTimeout=5
	NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
	PartitionName=perf Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	EOT
}

start_munge() {
	"$mungekey" --create --keyfile="$SLURM_DIR/key" &&
	"$munged" --force --key-file="$SLURM_DIR/key" --socket="$SLURM_DIR/munge" \
		--pid-file="$SLURM_DIR/munged.pid" --log-file="$SLURM_DIR/munged.log" \
		--seed-file="$SLURM_DIR/seed" >/dev/null 2>&1 </dev/null
}

# What stays behind holds no stream of the test.
start_slurmctld() {
	"$slurmctld" -f "$SLURM_CONF" "$@" >/dev/null 2>&1 </dev/null
}

start_slurmd() {
	"$slurmd" -f "$SLURM_CONF" >/dev/null 2>&1 </dev/null
}

# Until the node takes jobs.
slurm_is_up() {
	for try in $(seq 300)
	do
		test "$(sinfo --noheader --format=%t 2>/dev/null)" != idle || return 0
		sleep 0.1
	done
	return 1
}

# Ports that somebody else has are no reason to fail.
start_slurm() {
	SLURM_DIR=$(mktemp -d /tmp/perf-slurm-XXXXXX) &&
	export SLURM_CONF="$SLURM_DIR/slurm.conf" &&
	start_munge || return 1
	for port in $(shuf -i 20000-50000 -n 5)
	do
		write_slurm_files "$port" && start_slurmctld -c && start_slurmd && slurm_is_up && return 0
		stop_daemons slurmd ctld
	done
	tail "$SLURM_DIR"/*.log
	return 1
}

# stop_daemons <name>...: and wait until they have ended.
stop_daemons() {
	for name
	do
		test -s "$SLURM_DIR/$name.pid" || continue
		pid=$(cat "$SLURM_DIR/$name.pid")
		kill "$pid" 2>/dev/null
		for try in $(seq 100)
		do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
	done
}

stop_slurm() {
	test -n "$SLURM_DIR" || return 0
	scancel --me >/dev/null 2>&1
	for try in $(seq 100)
	do
		test -n "$(squeue --me --noheader 2>/dev/null)" || break
		sleep 0.1
	done
	stop_daemons slurmd ctld munged
	rm -rf "$SLURM_DIR"
}
