CREATE TABLE "checkpoints" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"checkpoint" text NOT NULL,
	"base_blob" text,
	"base_bytes" bigint,
	"delta_blob" text,
	"delta_bytes" bigint,
	"optimizer_state" text,
	CONSTRAINT "checkpoints_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"split" text NOT NULL,
	"checkpoint" jsonb NOT NULL,
	"result" jsonb,
	CONSTRAINT "evaluations_run_id_step_split_pk" PRIMARY KEY("run_id","step","split")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"number" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"run_id" text,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "floras" (
	"name" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "models" (
	"number" serial PRIMARY KEY NOT NULL,
	"weights" text NOT NULL,
	"model" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_sessions" (
	"hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"number" serial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"config" jsonb NOT NULL,
	"flora_name" text NOT NULL,
	"flora_hash" text NOT NULL,
	"species" integer NOT NULL,
	"unit_exponent" integer NOT NULL,
	"steps" integer NOT NULL,
	"samples_per_epoch" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "steps" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"epoch" double precision NOT NULL,
	"samples" integer NOT NULL,
	"seconds" double precision NOT NULL,
	"loss" double precision NOT NULL,
	"accuracy" double precision NOT NULL,
	"learning_rate" double precision NOT NULL,
	"durable_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "steps_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_by_run" ON "events" USING btree ("run_id");