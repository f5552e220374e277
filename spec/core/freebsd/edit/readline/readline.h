/* <edit/readline/readline.h>: libedit's, which has no rl_check_signals(). */
#include <stdio.h>

typedef char	*rl_compentry_func_t(const char *, int);
typedef char	**rl_completion_func_t(const char *, int, int);
#define	RL_READLINE_VERSION	0x0402

extern char		*rl_line_buffer, *rl_completer_word_break_characters;
extern const char	*rl_readline_name, *rl_basic_word_break_characters,
			*rl_completer_quote_characters;
extern int		 rl_attempted_completion_over,
			 rl_completion_append_character;
extern rl_completion_func_t *rl_attempted_completion_function;
extern int		(*rl_getc_function)(FILE *);

int	 add_history(const char *);
char	*readline(const char *);
char	**rl_completion_matches(const char *, rl_compentry_func_t *);
