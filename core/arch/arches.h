/*
 * Every architecture, in probe order.  Included with KVMI_ARCH defined.
 */
KVMI_ARCH(amd64)
