/* Every size and time limit that more than one file must agree on. Local ones stay local. */
#ifndef HOMARD_LIMITS_H
#define HOMARD_LIMITS_H

#define LIMIT_REQUEST_TEXT (1u << 20)	 /* what a person may submit */
#define LIMIT_FACTS (64u << 10)		 /* small facts of one event */
#define LIMIT_BODY (8u << 20)		 /* one event body */
#define LIMIT_TOOL_ARGS (8u << 20)	 /* arguments of one call */
#define LIMIT_TOOL_RESULT (256u << 10)	 /* what a call returns to a model */
#define LIMIT_TOOL_JSON (8u << 20)	 /* what a call returns to a recipe */
#define LIMIT_READ_FILE (16u << 20)	 /* whole-file reads of text tools */
#define LIMIT_CALLS_PER_REPLY 64	 /* further calls of one reply are refused */
#define LIMIT_EFFECTS 200000		 /* effects of one act; more are summed up */
#define LIMIT_PLAN_STEPS 64

#endif
