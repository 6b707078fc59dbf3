#ifndef PLUMBLINE_CCURL_H
#define PLUMBLINE_CCURL_H

#endif
