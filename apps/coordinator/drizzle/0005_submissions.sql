CREATE TABLE "submissions" (
	"number" serial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"flora" text NOT NULL,
	"model" text NOT NULL,
	"named" jsonb,
	"said" jsonb,
	"species" jsonb,
	"photos" jsonb NOT NULL,
	"licence" text NOT NULL,
	"author" text NOT NULL,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "submissions_by_state" ON "submissions" USING btree ("state","number");