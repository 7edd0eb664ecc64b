//! Where figures are saved.

use super::common::this_program;
use longhand::report::{BarChart, Figure, figure_path};

#[test]
fn saving_makes_the_folder() {
    let folder = std::env::temp_dir().join(format!("longhand-report-{}", std::process::id()));
    let path = folder.join("deep").join("bars.svg");
    let chart = BarChart::new("t").bar("a", 1.0);
    chart.save(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), chart.to_svg());

    // A file stands where a folder is wanted.
    let error = chart.save(path.join("below.svg")).unwrap_err().to_string();
    assert!(error.contains("bars.svg: found ") && error.contains("help: "), "{error}");
    // A folder stands where the file is wanted.
    let error = chart.save(&folder).unwrap_err().to_string();
    assert!(error.contains("expected a file that can be written"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// Run by the test below in a process of its own, with the variable set.
#[test]
fn figure_path_child() {
    if std::env::var_os("LONGHAND_REPORT_CHILD").is_some() {
        println!("[{}]", figure_path("a.b").display());
        if std::env::var_os("LONGHAND_FIGURES").is_some() {
            println!("{}", BarChart::new("t").bar("a", 1.0).save_figure("a").unwrap_err());
        }
    }
}

#[test]
fn the_variable_says_where_figures_go() {
    let run = |folder: Option<&str>| {
        let mut child = this_program();
        child.args(["--exact", "saving::figure_path_child", "--nocapture"]);
        child.env("LONGHAND_REPORT_CHILD", "1").env_remove("LONGHAND_FIGURES");
        folder.map(|folder| child.env("LONGHAND_FIGURES", folder));
        String::from_utf8(child.output().unwrap().stdout).unwrap().replace('\\', "/")
    };
    assert!(run(None).contains("[target/figures/a.b.svg]"));
    let file = std::env::current_exe().unwrap().join("where");
    let said = run(file.to_str());
    assert!(said.contains("where/a.b.svg]"), "{said}");
    assert!(said.contains("help: set LONGHAND_FIGURES to a folder"), "{said}");
}
