# A server to boot kernels on, which is a guest of QEMU that ssh reaches over a forwarded port of
# the loopback. To be sourced after test-lib.sh and lib-kernel.sh:
#
#	. "$TEST_SOURCE/lib-guest.sh"
#	make_guest <program>...	its root, an initramfs, with these programs in /bin
#	start_guest		once "$guest/default" is there; the ssh of PATH then knows a host "sut"
#	power_guest		what a power switch does
#	stop_guest
#
# Its firmware boots the kernel "$guest/next" once if it is there, else "$guest/default", and notes
# in "$guest/boots" which. A reset, as after a panic, is another boot. The guest's clock counts instructions
# while it computes, and is this computer's while it waits: what it measures does not depend on who else
# computes here, and connections live.
#
# shellcheck shell=sh disable=SC2154

guest=$data/guest

for program in dropbear dropbearkey kexec cpio ssh ssh-keygen
do
	if ! PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null
	then
		skip_all="no $program here (script/deps guest)"
		test_done
	fi
done
if ! busybox --list >/dev/null 2>&1 || ldd "$(command -v busybox)" >/dev/null 2>&1
then
	skip_all='no static busybox here (script/deps guest)'
	test_done
fi

# What a kernel needs to be such a server, besides what a guest of init-kernel has.
guest_config() {
	for option in RELOCATABLE KEXEC SYSFS DEVTMPFS MULTIUSER BINFMT_SCRIPT FILE_LOCKING PCI VIRTIO_MENU \
		VIRTIO_PCI NET UNIX INET NETDEVICES NET_CORE VIRTIO_NET
	do
		echo "CONFIG_$option=y"
	done
}

# with_libraries <program>: it, and what it is linked with.
with_libraries() {
	command -v "$1" &&
	ldd "$1" | sed -n "s,^[^/]*\(/[^ ]*\) (.*,\1,p"
}

make_guest() {
	root=$guest/root
	home=$root/root
	for directory in bin sbin dev etc/dropbear proc root/.ssh sys tmp
	do
		mkdir -p "$root/$directory" || return 1
	done
	cp "$(command -v busybox)" "$root/bin/busybox" &&
	busybox --list | while read -r name
	do
		test "$name" = busybox || ln -s busybox "$root/bin/$name" || exit 1
	done &&
	for program in dropbear kexec
	do
		program=$(PATH=$PATH:/usr/sbin:/sbin command -v $program) &&
		cp "$program" "$root/sbin/" &&
		with_libraries "$program" | sed 1d | while read -r file
		do
			mkdir -p "$root${file%/*}" && cp -L "$file" "$root$file" || exit 1
		done || return 1
	done &&
	cp "$@" "$root/bin/" &&
	ln -s bin/busybox "$root/init" &&
	cat >"$root/etc/inittab" <<-\EOF &&
	::sysinit:/etc/begin
	::respawn:/sbin/dropbear -F -s -j -k -p 22 -r /etc/dropbear/key
	EOF
	write_script "$root/etc/begin" <<-\EOF &&
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs dev /dev
	ip link set lo up
	ip addr add 10.0.2.15/24 dev eth0
	ip link set eth0 up
	EOF
	echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd" &&
	echo root:x:0: >"$root/etc/group" &&
	echo /bin/sh >"$root/etc/shells" &&
	dropbearkey -t ed25519 -f "$root/etc/dropbear/key" >"$guest/host" 2>&1 &&
	ssh-keygen -q -t ed25519 -N "" -f "$guest/user" &&
	cp "$guest/user.pub" "$home/.ssh/authorized_keys" &&
	chmod -R go= "$home" &&
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$guest/initramfs"
}

write_guest_files() {
	port=$(python3 -c "
import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1])") &&
	echo "[127.0.0.1]:$port $(sed -n "s/^\(ssh-ed25519 [^ ]*\).*/\1/p" "$guest/host")" >"$guest/known_hosts" &&
	cat >"$guest/client" <<-EOF &&
	Host sut
		HostName 127.0.0.1
		Port $port
		User root
		IdentityFile "$guest/user"
		IdentitiesOnly yes
		UserKnownHostsFile "$guest/known_hosts"
		StrictHostKeyChecking yes
	EOF
	mkdir -p bin &&
	write_script bin/ssh <<-EOF &&
	exec $(command -v ssh) -F "$guest/client" "\$@"
	EOF
	# A string instruction is one for each byte where a kernel is told that they are fast.
	write_script "$guest/firmware" <<-EOF
	cd "$guest" || exit 1
	while test ! -e off
	do
		boot=default
		mv next this 2>/dev/null && boot=this
		echo "\$boot" >>boots
		qemu-system-x86_64 -nodefaults -no-user-config -display none -monitor none -no-reboot \
			-M pc -accel tcg,thread=single -icount shift=5 -cpu max,-erms,-fsrm -m 256m \
			-chardev file,id=console,path=console,append=on -serial chardev:console \
			-netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22 \
			-device virtio-net-pci,netdev=net,romfile= \
			-kernel "\$boot" -initrd initramfs -append "console=ttyS0 quiet tsc=reliable panic=-1" &
		echo \$! >pid
		wait
		sleep 0.2
	done
	EOF
}

start_guest() {
	write_guest_files || return 1
	"$guest/firmware" >"$guest/qemu" 2>&1 &
	guest_job=$!
	PATH=$HOME/bin:$PATH
	for try in $(seq 120)
	do
		! ssh -o BatchMode=yes -o ConnectTimeout=5 sut true 2>"$guest/ssh" || return 0
		sleep 1
	done
	cat "$guest/qemu" "$guest/ssh" "$guest/console"
	return 1
}

power_guest() {
	kill -KILL "$(cat "$guest/pid")"
}

stop_guest() {
	if test -s "$guest/pid"
	then
		: >"$guest/off"
		power_guest 2>/dev/null
		wait "$guest_job" 2>/dev/null
	fi
	return 0
}
