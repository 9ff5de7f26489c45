CREATE TABLE "api_keys" (
	"number" serial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"name" text NOT NULL,
	"daily_quota" integer NOT NULL,
	"origins" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "api_uses" (
	"key_id" text NOT NULL,
	"day" date NOT NULL,
	"identifications" integer NOT NULL,
	CONSTRAINT "api_uses_key_id_day_pk" PRIMARY KEY("key_id","day")
);
--> statement-breakpoint
ALTER TABLE "api_uses" ADD CONSTRAINT "api_uses_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;