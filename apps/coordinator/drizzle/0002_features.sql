CREATE TABLE "features" (
	"number" serial NOT NULL,
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"split" text NOT NULL,
	"checkpoint" jsonb NOT NULL,
	"result" jsonb,
	CONSTRAINT "features_run_id_step_split_pk" PRIMARY KEY("run_id","step","split")
);
--> statement-breakpoint
ALTER TABLE "features" ADD CONSTRAINT "features_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;