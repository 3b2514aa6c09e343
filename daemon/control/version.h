#ifndef CONTROL_VERSION_H
#define CONTROL_VERSION_H

/* The build says which version this is. */
#ifndef FEEDD_VERSION
#define FEEDD_VERSION "0.1.0"
#endif

#endif
