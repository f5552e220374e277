--- What the kernel of system.lua said, from boot to panic.
local dmesg = {}

local BOOT = [[
---<<BOOT>>---
Copyright (c) 1992-2023 The FreeBSD Project.
Copyright (c) 1979, 1980, 1983, 1986, 1988, 1989, 1991, 1992, 1993, 1994
	The Regents of the University of California. All rights reserved.
FreeBSD is a registered trademark of The FreeBSD Foundation.
$version
VT(vga): text 80x25
CPU: Demonstration Processor (2000.00-MHz K8-class CPU)
  Origin="ForgedForVMC"  Id=0x306a9  Family=0x6  Model=0x3a  Stepping=9
real memory  = 1073741824 (1024 MB)
avail memory = 1004535808 (957 MB)
Event timer "LAPIC" quality 600
FreeBSD/SMP: Multiprocessor System Detected: $cpus CPUs
FreeBSD/SMP: 1 package(s) x $cpus core(s)
random: unblocking device.
Timecounters tick every 10.000 msec
vtnet0: <VirtIO Networking Adapter> on virtio_pci0
vtnet0: Ethernet address: 52:54:00:12:34:56
ada0 at ahcich0 bus 0 scbus0 target 0 lun 0
ada0: <QEMU HARDDISK 2.5+> ATA-7 SATA device
Trying to mount root from ufs:/dev/ada0p2 [rw]...
<118>Setting hostname: demo.example.org.
<118>Starting syslogd.
<118>Starting cron.
<118>
<118>$date
]]

local PANIC = [[


Fatal trap 12: page fault while in kernel mode
cpuid = 0; apic id = 00
fault virtual address	= 0x0
fault code		= supervisor read data, page not present
instruction pointer	= 0x20:0x$ip
stack pointer	        = 0x28:0x$sp
frame pointer	        = 0x28:0x$fp
code segment		= base rx0, limit 0xfffff, type 0x1b
			= DPL 0, pres 1, long 1, def32 0, gran 1
processor eflags	= interrupt enabled, resume, IOPL = 0
current process		= $pid ($comm)
trap number		= 12
panic: page fault
cpuid = 0
time = $time
KDB: stack backtrace:
$trace
Uptime: 1h2m3s
Dumping 12 out of 991 MB:
]]

--- The text.
-- @tparam table facts version, cpus, date, time, thread (truth of the panicking
-- thread), comm
function dmesg.text(facts)
	local t = facts.thread
	local lines, at = {}, nil
	for i, f in ipairs(t.trace) do
		lines[i] = ("#%d 0x%x at %s+0x%x"):format(i - 1, f.pc, f.name,
		    f.offset)
		at = f.name == "calltrap" and i or at
	end
	local fault = t.trace[at and at + 1 or 1]
	local value = { version = facts.version:gsub("\n$", ""),
		cpus = facts.cpus, date = facts.date, time = facts.time,
		ip = ("%x"):format(fault.pc), sp = ("%x"):format(t.regs.rsp),
		fp = ("%x"):format(t.regs.rbp), pid = t.pid, comm = facts.comm,
		trace = table.concat(lines, "\n") }
	return ((BOOT .. PANIC):gsub("%$(%l+)", value))
end

return dmesg
