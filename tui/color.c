#include "tui/color.h"
#include <math.h>

static int
channel(int32_t c, int i)
{
	return c >> (16 - 8 * i) & 255;
}

int32_t
color_mix(int32_t a, int32_t b, int percent)
{
	int32_t out = 0;

	for (int i = 0; i < 3; i++)
		out = out << 8 | ((channel(a, i) * percent + channel(b, i) * (100 - percent) + 50) / 100);
	return out;
}

static double
linear(int v)
{
	double s = v / 255.0;

	return s <= 0.03928 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
}

static double
luminance(int32_t c)
{
	return 0.2126 * linear(channel(c, 0)) + 0.7152 * linear(channel(c, 1)) +
		0.0722 * linear(channel(c, 2));
}

double
color_contrast(int32_t a, int32_t b)
{
	double la = luminance(a), lb = luminance(b);

	return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

bool
color_is_light(int32_t c)
{
	return luminance(c) > 0.18;
}

static const int cube[] = { 0, 95, 135, 175, 215, 255 };

int32_t
color_from_256(int n)
{
	static const int32_t basic[] = { 0x000000, 0xCD3131, 0x0DBC79, 0xE5E510, 0x2472C8, 0xBC3FBC,
		0x11A8CD, 0xE5E5E5, 0x666666, 0xF14C4C, 0x23D18B, 0xF5F543, 0x3B8EEA, 0xD670D6,
		0x29B8DB, 0xFFFFFF };

	if (n < 16)
		return basic[n & 15];
	if (n >= 232)
		return (8 + 10 * (n - 232)) * 0x010101;
	n -= 16;
	return cube[n / 36] << 16 | cube[n / 6 % 6] << 8 | cube[n % 6];
}

static int
distance(int32_t a, int32_t b)
{
	int r = channel(a, 0) - channel(b, 0), g = channel(a, 1) - channel(b, 1);
	int bl = channel(a, 2) - channel(b, 2);

	return 3 * r * r + 6 * g * g + 2 * bl * bl;
}

int
color_to_256(int32_t c)
{
	int best = 16;

	for (int i = 17; i < 256; i++) {
		if (distance(c, color_from_256(i)) < distance(c, color_from_256(best)))
			best = i;
	}
	return best;
}

int32_t
color_ensure(int32_t c, int32_t bg, int32_t toward, double floor)
{
	int32_t extreme = color_contrast(0xFFFFFF, bg) > color_contrast(0, bg) ? 0xFFFFFF : 0;
	int32_t start = c;

	for (int p = 5; p <= 100 && color_contrast(c, bg) < floor; p += 5)
		c = color_mix(toward, start, p);
	start = c;
	for (int p = 5; p <= 100 && color_contrast(c, bg) < floor; p += 5)
		c = color_mix(extreme, start, p);
	return c;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
color_parse_hex(const char *s, int32_t *ret)
{
	int32_t v = 0;

	if (s[0] != '#' || strlen(s) != 7)
		return false;
	for (int i = 1; i < 7; i++) {
		if (hex_value(s[i]) < 0)
			return false;
		v = v << 4 | hex_value(s[i]);
	}
	*ret = v;
	return true;
}

bool
color_parse_x11(const char *s, size_t n, int32_t *ret)
{
	int32_t out = 0;
	size_t i = 0;

	if (n == 7 && s[0] == '#') {
		char hex[8] = { 0 };

		memcpy(hex, s, 7);
		return color_parse_hex(hex, ret);
	}
	if (n > 4 && memcmp(s, "rgb:", 4) == 0)
		i = 4;
	else if (n > 5 && memcmp(s, "rgba:", 5) == 0)
		i = 5;
	else
		return false;
	for (int c = 0; c < 3; c++) {
		int digits = 0, v = 0, max = 0;

		for (; i < n && hex_value(s[i]) >= 0 && digits < 4; i++, digits++) {
			v = v << 4 | hex_value(s[i]);
			max = max << 4 | 15;
		}
		if (digits == 0 || (c < 2 && (i >= n || s[i++] != '/')))
			return false;
		out = out << 8 | (v * 255 + max / 2) / max;
	}
	*ret = out;
	return true;
}
