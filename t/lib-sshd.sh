# A real sshd on the loopback, with keys and configuration of its own, for
# tests of machines that are reached by ssh:
#
#	. "$TEST_SOURCE/lib-sshd.sh"
#	start_sshd		the ssh of PATH then knows a host "sut"
#	stop_sshd
#
# ssh reads the home folder of the user database, not HOME: a wrapper gives
# the configuration of the test by -F. The boot id of the other side is the file
# $HOME/boot_id, and its kernel's command line $HOME/cmdline, where root may mount
# them over this computer's. Its /boot is empty there.
#
# shellcheck shell=sh

SSHD_DIR=$HOME/sshd
SSHD=$(command -v sshd || echo /usr/sbin/sshd)

if test -x "$SSHD" && command -v ssh >/dev/null && command -v ssh-keygen >/dev/null
then
	test_set_prereq SSHD
fi
if test "$(id -u)" = 0 && unshare -m true 2>/dev/null
then
	test_set_prereq MOUNT
fi

# run_sshd: in a mount namespace of its own when root, since sshd then insists
# on /run/sshd, and to have a boot id of its own.
run_sshd() {
	if test_have_prereq MOUNT
	then
		unshare -m sh -c '
			mount -t tmpfs tmpfs /run && mkdir /run/sshd &&
			mount --bind "$HOME/boot_id" /proc/sys/kernel/random/boot_id &&
			mount --bind "$HOME/cmdline" /proc/cmdline &&
			mount --bind "$HOME/boot" /boot &&
			exec "$0" -D -f "$1/config" -E "$1/log"' "$SSHD" "$SSHD_DIR"
	else
		"$SSHD" -D -f "$SSHD_DIR/config" -E "$SSHD_DIR/log"
	fi
}

write_sshd_files() {
	mkdir -p "$SSHD_DIR" bin remote-bin boot &&
	cp /proc/sys/kernel/random/boot_id boot_id &&
	cp /proc/cmdline cmdline &&
	for key in host user
	do
		test -f "$SSHD_DIR/$key" || ssh-keygen -q -t ed25519 -N "" -f "$SSHD_DIR/$key" || return 1
	done &&
	cp "$SSHD_DIR/user.pub" "$SSHD_DIR/authorized" &&
	echo "[127.0.0.1]:$SSHD_PORT $(cut -d " " -f 1,2 "$SSHD_DIR/host.pub")" >"$SSHD_DIR/known_hosts" &&
	cat >"$SSHD_DIR/config" <<-EOF &&
	Port $SSHD_PORT
	ListenAddress 127.0.0.1
	HostKey "$SSHD_DIR/host"
	PidFile "$SSHD_DIR/pid"
	AuthorizedKeysFile "$SSHD_DIR/authorized"
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	SetEnv "PATH=$HOME/remote-bin:$PATH"
	EOF
	cat >"$SSHD_DIR/client" <<-EOF &&
	Host sut
		HostName 127.0.0.1
		Port $SSHD_PORT
		User $(id -un)
		IdentityFile "$SSHD_DIR/user"
		IdentitiesOnly yes
		UserKnownHostsFile "$SSHD_DIR/known_hosts"
		StrictHostKeyChecking yes
		RemoteCommand false
		ControlMaster auto
		ControlPath "$SSHD_DIR/users-own"
	EOF
	write_script bin/ssh <<-EOF
	printf '%s\n' "\$*" >>"$HOME/ssh-calls"
	exec $(command -v ssh) -F "$SSHD_DIR/client" "\$@"
	EOF
}

# A port that no one listens on: sshd itself says whether it is.
start_sshd() {
	for SSHD_PORT in $(shuf -i 20000-50000 -n 20)
	do
		write_sshd_files || return 1
		: >"$SSHD_DIR/log"
		rm -f "$SSHD_DIR/pid"
		run_sshd &
		sshd_job=$!
		for try in $(seq 200)
		do
			test ! -s "$SSHD_DIR/pid" || break
			kill -0 $sshd_job 2>/dev/null || break
			sleep 0.05
		done
		if test -s "$SSHD_DIR/pid" && kill -0 $sshd_job 2>/dev/null
		then
			PATH=$HOME/bin:$PATH
			return 0
		fi
	done
	cat "$SSHD_DIR/log"
	return 1
}

# The listener and every connection.
stop_sshd() {
	if test -s "$SSHD_DIR/pid"
	then
		drop_connections
		kill "$(cat "$SSHD_DIR/pid")" 2>/dev/null
		wait "$sshd_job" 2>/dev/null
	fi
	return 0
}

# Kills the sshd processes of connections; the listener stays.
drop_connections() {
	pkill -KILL -P "$(cat "$SSHD_DIR/pid")" 2>/dev/null
	return 0
}
