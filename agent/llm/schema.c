/*
 * Tool schemas as each server takes them. A mode is a function over one schema node; the walk
 * below brings it to every node, children first. Depth is bounded by the JSON parser.
 */
#include "agent/llm/request.h"
#include "agent/base/i18n.h"

#define REF_DEPTH 8
#define REFS_MAX 200 /* a schema of an MCP server must not grow without end */

struct reduce {
	enum llm_schema mode;
	cJSON *root;
	int refs;
};

static void
drop(cJSON *o, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cJSON_DeleteItemFromObjectCaseSensitive(o, keys[i]);
}
#define DROP(o, list) drop((o), (list), ARRAY_LEN(list))

static cJSON *
member(cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

static void
rename_member(cJSON *o, const char *from, const char *to)
{
	cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(o, from);

	if (!v)
		return;
	if (member(o, to))
		cJSON_Delete(v);
	else
		cJSON_AddItemToObject(o, to, v);
}

static void
set_member(cJSON *o, const char *key, cJSON *v)
{
	cJSON_DeleteItemFromObjectCaseSensitive(o, key);
	cJSON_AddItemToObject(o, key, v);
}

static bool
type_is(cJSON *o, const char *name)
{
	cJSON *t = member(o, "type");

	if (cJSON_IsString(t))
		return str_eq(t->valuestring, name);
	for (cJSON *e = cJSON_IsArray(t) ? t->child : NULL; e; e = e->next)
		if (cJSON_IsString(e) && str_eq(e->valuestring, name))
			return true;
	return false;
}

/* --- $ref: inlined where the server knows none --- */

static const cJSON *
ref_target(cJSON *root, const char *ref)
{
	static const char *const heads[] = { "#/$defs/", "#/definitions/" };
	static const char *const keys[] = { "$defs", "definitions" };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(ref, heads[i]))
			return json_get(member(root, keys[i]), ref + strlen(heads[i]));
	return NULL;
}

static void
inline_refs(struct reduce *r, cJSON *o, int depth)
{
	cJSON *ref = cJSON_IsObject(o) ? member(o, "$ref") : NULL;

	if (cJSON_IsString(ref)) {
		const cJSON *target = ref_target(r->root, ref->valuestring);
		/* Recursive schemas end somewhere: below that anything goes. */
		bool go = target && depth < REF_DEPTH && r->refs++ < REFS_MAX;

		cJSON_DeleteItemFromObjectCaseSensitive(o, "$ref");
		for (const cJSON *c = go ? target->child : NULL; c; c = c->next)
			if (!member(o, c->string))
				cJSON_AddItemToObject(o, c->string, cJSON_Duplicate(c, 1));
		depth++;
	}
	for (cJSON *c = o->child; c; c = c->next)
		if ((cJSON_IsObject(c) || cJSON_IsArray(c)) &&
			!(o == r->root && c->string &&
				(str_eq(c->string, "$defs") || str_eq(c->string, "definitions"))))
			inline_refs(r, c, depth);
}

/* --- Gemini's subset --- */

/* ["string","null"] -> string and nullable; several types -> anyOf. */
static void
split_types(cJSON *o)
{
	cJSON *t = member(o, "type"), *any = NULL;
	const char *first = NULL;
	int n = 0;

	if (!cJSON_IsArray(t))
		return;
	for (cJSON *e = t->child; e; e = e->next) {
		if (!cJSON_IsString(e))
			continue;
		if (str_eq(e->valuestring, "null")) {
			set_member(o, "nullable", cJSON_CreateTrue());
			continue;
		}
		n++;
		if (!first)
			first = e->valuestring;
	}
	if (n > 1 && !member(o, "anyOf")) {
		any = cJSON_CreateArray();
		for (cJSON *e = t->child; e; e = e->next) {
			cJSON *one;

			if (!cJSON_IsString(e) || str_eq(e->valuestring, "null"))
				continue;
			one = cJSON_CreateObject();
			cJSON_AddStringToObject(one, "type", e->valuestring);
			cJSON_AddItemToArray(any, one);
		}
		cJSON_DeleteItemFromObjectCaseSensitive(o, "type");
		cJSON_AddItemToObject(o, "anyOf", any);
	} else if (first) {
		set_member(o, "type", cJSON_CreateString(first));
	} else {
		cJSON_DeleteItemFromObjectCaseSensitive(o, "type");
	}
}

/* {"type":"null"} among anyOf means nullable; one that is left replaces the list. */
static void
flatten_any(cJSON *o)
{
	cJSON *any = member(o, "anyOf");

	if (!cJSON_IsArray(any))
		return;
	for (cJSON *e = any->child, *next; e; e = next) {
		next = e->next;
		if (cJSON_IsObject(e) && type_is(e, "null")) {
			cJSON_Delete(cJSON_DetachItemViaPointer(any, e));
			set_member(o, "nullable", cJSON_CreateTrue());
		}
	}
	if (cJSON_GetArraySize(any) == 1) {
		cJSON *one = cJSON_DetachItemFromArray(any, 0), *c;

		cJSON_DeleteItemFromObjectCaseSensitive(o, "anyOf");
		while ((c = one->child)) {
			cJSON_DetachItemViaPointer(one, c);
			if (c->string && !member(o, c->string))
				cJSON_AddItemToObject(o, c->string, c);
			else
				cJSON_Delete(c);
		}
		cJSON_Delete(one);
	} else if (cJSON_GetArraySize(any) == 0) {
		cJSON_DeleteItemFromObjectCaseSensitive(o, "anyOf");
	}
}

static void
const_to_enum(cJSON *o)
{
	cJSON *c = cJSON_DetachItemFromObjectCaseSensitive(o, "const");
	cJSON *list;

	if (!c)
		return;
	list = cJSON_CreateArray();
	cJSON_AddItemToArray(list, c);
	if (!member(o, "enum"))
		cJSON_AddItemToObject(o, "enum", list);
	else
		cJSON_Delete(list);
}

/* Only names that are properties may be required. */
static void
prune_required(cJSON *o)
{
	cJSON *req = member(o, "required"), *props = member(o, "properties");

	for (cJSON *e = cJSON_IsArray(req) ? req->child : NULL, *next; e; e = next) {
		next = e->next;
		if (!cJSON_IsString(e) || !props || !member(props, e->valuestring))
			cJSON_Delete(cJSON_DetachItemViaPointer(req, e));
	}
	if (req && cJSON_GetArraySize(req) == 0)
		cJSON_DeleteItemFromObjectCaseSensitive(o, "required");
}

static bool
format_known(const char *f)
{
	static const char *const known[] = { "enum", "date-time", "int32", "int64", "float",
		"double" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(f, known[i]))
			return true;
	return false;
}

static void
openapi(cJSON *o)
{
	static const char *const known[] = { "type", "format", "description", "nullable", "enum",
		"items", "properties", "required", "minItems", "maxItems", "minimum", "maximum",
		"anyOf", "minLength", "maxLength", "pattern" };
	cJSON *f, *e;

	rename_member(o, "oneOf", "anyOf");
	const_to_enum(o);
	split_types(o);
	flatten_any(o);
	for (cJSON *c = o->child, *next; c; c = next) {
		bool keep = false;

		next = c->next;
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			keep |= str_eq(c->string, known[i]);
		if (!keep)
			cJSON_Delete(cJSON_DetachItemViaPointer(o, c));
	}
	f = member(o, "format");
	if (f && (!cJSON_IsString(f) || !format_known(f->valuestring)))
		cJSON_DeleteItemFromObjectCaseSensitive(o, "format");
	/* An enum is of strings; without a type it is one. */
	e = member(o, "enum");
	for (cJSON *c = e ? e->child : NULL; c; c = c->next)
		if (!cJSON_IsString(c)) {
			cJSON_DeleteItemFromObjectCaseSensitive(o, "enum");
			e = NULL;
			break;
		}
	if (e && !member(o, "type"))
		cJSON_AddStringToObject(o, "type", "string");
	if (type_is(o, "array") && !cJSON_IsObject(member(o, "items")))
		set_member(o, "items", cJSON_Parse("{\"type\":\"string\"}"));
	prune_required(o);
}

/* --- OpenAI strict --- */

/* A property that was optional may be null instead. */
static void
make_nullable(cJSON *p)
{
	cJSON *t = member(p, "type"), *any = member(p, "anyOf"), *e = member(p, "enum");

	if (type_is(p, "null"))
		return;
	if (cJSON_IsString(t)) {
		const char *const both[] = { t->valuestring, "null" };
		cJSON *list = cJSON_CreateStringArray(both, 2);

		set_member(p, "type", list);
	} else if (cJSON_IsArray(t)) {
		cJSON_AddItemToArray(t, cJSON_CreateString("null"));
	} else if (cJSON_IsArray(any)) {
		cJSON_AddItemToArray(any, cJSON_Parse("{\"type\":\"null\"}"));
	}
	if (cJSON_IsArray(e))
		cJSON_AddItemToArray(e, cJSON_CreateNull());
}

static bool
is_required(cJSON *req, const char *name)
{
	for (cJSON *e = cJSON_IsArray(req) ? req->child : NULL; e; e = e->next)
		if (cJSON_IsString(e) && str_eq(e->valuestring, name))
			return true;
	return false;
}

static void
strict(cJSON *o)
{
	static const char *const unknown[] = { "default", "minLength", "maxLength",
		"patternProperties", "unevaluatedProperties", "propertyNames", "minProperties",
		"maxProperties", "unevaluatedItems", "contains", "minContains", "maxContains",
		"uniqueItems", "examples", "$schema" };
	cJSON *props = member(o, "properties"), *req, *all;

	DROP(o, unknown);
	rename_member(o, "oneOf", "anyOf");
	if (!type_is(o, "object") && !props)
		return;
	if (!props)
		props = cJSON_AddObjectToObject(o, "properties");
	set_member(o, "additionalProperties", cJSON_CreateFalse());
	req = cJSON_DetachItemFromObjectCaseSensitive(o, "required");
	all = cJSON_CreateArray();
	for (cJSON *p = props->child; p; p = p->next) {
		if (cJSON_IsObject(p) && !is_required(req, p->string))
			make_nullable(p);
		cJSON_AddItemToArray(all, cJSON_CreateString(p->string));
	}
	cJSON_Delete(req);
	cJSON_AddItemToObject(o, "required", all);
}

/* --- the others --- */

static void
kimi(cJSON *o)
{
	static const char *const unknown[] = { "$schema", "$id" };
	cJSON *any;

	DROP(o, unknown);
	if (cJSON_IsArray(member(o, "items")))
		rename_member(o, "items", "prefixItems");
	any = member(o, "anyOf");
	if (!cJSON_IsArray(any))
		return;
	/* No type beside anyOf: it moves into the alternatives that have none. */
	for (cJSON *e = any->child; e; e = e->next)
		if (cJSON_IsObject(e) && member(o, "type") && !member(e, "type"))
			cJSON_AddItemToObject(e, "type", cJSON_Duplicate(member(o, "type"), 1));
	cJSON_DeleteItemFromObjectCaseSensitive(o, "type");
}

static void
anthropic(cJSON *o)
{
	static const char *const unknown[] = { "$schema", "minimum", "maximum", "exclusiveMinimum",
		"exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "maxItems",
		"uniqueItems", "minProperties", "maxProperties", "patternProperties",
		"propertyNames", "contains", "minContains", "maxContains", "not", "if", "then",
		"else", "default", "examples" };
	cJSON *min = member(o, "minItems");

	DROP(o, unknown);
	rename_member(o, "oneOf", "anyOf");
	if (cJSON_IsNumber(min) && min->valuedouble > 1)
		cJSON_DeleteItemFromObjectCaseSensitive(o, "minItems");
	if (type_is(o, "object"))
		set_member(o, "additionalProperties", cJSON_CreateFalse());
}

static void
reduce_node(struct reduce *r, cJSON *o)
{
	switch (r->mode) {
	case LLM_SCHEMA_OPENAPI:
		openapi(o);
		break;
	case LLM_SCHEMA_STRICT:
		strict(o);
		break;
	case LLM_SCHEMA_KIMI:
		kimi(o);
		break;
	case LLM_SCHEMA_ANTHROPIC:
		anthropic(o);
		break;
	default:
		break;
	}
}

/* --- the walk --- */

static bool
holds_named_schemas(const char *key)
{
	return str_eq(key, "properties") || str_eq(key, "$defs") || str_eq(key, "definitions") ||
		str_eq(key, "patternProperties");
}

static bool
holds_schemas(const char *key)
{
	static const char *const keys[] = { "items", "anyOf", "oneOf", "allOf", "prefixItems",
		"additionalProperties", "not", "contains" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static void
walk(struct reduce *r, cJSON *o)
{
	if (!cJSON_IsObject(o))
		return;
	for (cJSON *c = o->child; c; c = c->next) {
		bool named = cJSON_IsObject(c) && holds_named_schemas(c->string);

		if (named || (cJSON_IsArray(c) && holds_schemas(c->string)))
			for (cJSON *e = c->child; e; e = e->next)
				walk(r, e);
		else if (cJSON_IsObject(c) && holds_schemas(c->string))
			walk(r, c);
	}
	reduce_node(r, o);
}

char *
schema_reduce(struct slice schema, enum llm_schema mode, struct err *err)
{
	static const char *const never[] = { "$schema", "$id" };
	autojson cJSON *root = schema.n ? json_parse_lenient(schema, err) : cJSON_CreateObject();
	struct reduce r = { .mode = mode, .root = root };
	cJSON *props;

	if (!root || !cJSON_IsObject(root)) {
		if (root)
			err_set(err, ERR_BUG, _("a tool's schema is not a JSON object"));
		return NULL;
	}
	DROP(root, never);
	if (mode == LLM_SCHEMA_OPENAPI)
		inline_refs(&r, root, 0);
	walk(&r, root);
	/* The arguments are an object, whatever the schema says of it. */
	if (!type_is(root, "object"))
		set_member(root, "type", cJSON_CreateString("object"));
	props = member(root, "properties");
	if (mode == LLM_SCHEMA_OPENAPI && (!props || !props->child))
		return NULL;
	if (!props)
		cJSON_AddObjectToObject(root, "properties");
	return json_print(root);
}
