-- The structs of callouts, interrupts, sysctl(9), devices and GEOM for
-- mklayout.lua.
return {
	{ "mtx_padalign" }, { "timehands", "th_offset" },
	{ "callout" }, { "callout_list" }, { "callout_tailq" },
	{ "cc_exec", "cc_curr cc_last_func cc_last_arg" },
	{ "callout_cpu", "cc_exec_entity cc_callwheel cc_expireq" },
	{ "intr_event", "ie_list ie_handlers ie_name ie_fullname ie_source ie_thread ie_flags ie_irq ie_cpu" },
	{ "intr_handler" }, { "intr_thread" },
	{ "intsrc", "is_event is_count is_straycount is_index" },
	{ "sysctl_oid_list" }, { "sysctl_oid" },
	{ "device_list" }, { "devclass", "name" }, { "kobj_class", "name size" },
	{ "_device", "link parent children driver devclass unit nameunit desc busy state devflags " ..
	    "flags ivars softc" },
	{ "device", "link parent children driver devclass unit nameunit desc busy state devflags " ..
	    "flags ivars softc" },
	{ "pcicfg", "dev subvendor subdevice vendor device baseclass subclass progif domain bus slot func" },
	{ "pci_devinfo", "cfg" },
	{ "resource_head" }, { "rman_head" }, { "rman", "rm_list rm_link rm_end rm_descr" },
	{ "resource_i", "r_link r_sharelink r_sharehead r_start r_end r_flags r_dev r_rid" },
	{ "g_class", "name class geom" },
	{ "g_geom", "name class geom consumer provider rank softc flags" },
	{ "g_provider", "name provider geom consumers acr acw ace error mediasize sectorsize " ..
	    "stripesize stripeoffset flags" },
	{ "g_consumer", "geom consumer provider consumers acr acw ace" },
}
