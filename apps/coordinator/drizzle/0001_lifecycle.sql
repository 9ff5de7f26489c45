CREATE TABLE "milestones" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"checkpoint" text NOT NULL,
	"bytes" bigint NOT NULL,
	"optimizer_state" text,
	CONSTRAINT "milestones_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "origin" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "rollbacks" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "newest_kept" integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;