// An independent client: Debian's golang-github-varlink-go-dev, with the code
// that its generator makes of the interface's description.
package main

import (
	"context"
	"fmt"
	"os"

	"./orgfeedd"
	"github.com/varlink/go/varlink"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	c, err := varlink.NewConnection(ctx, "unix:"+os.Args[1])
	must(err)
	defer c.Close()

	var vendor, product, version, url string
	var interfaces []string
	must(c.GetInfo(ctx, &vendor, &product, &version, &url, &interfaces))
	fmt.Println(product, interfaces)

	var description string
	description, err = c.GetInterfaceDescription(ctx, "org.feedd")
	must(err)
	fmt.Println(len(description) > 1000)

	var counted struct {
		Count int64 `json:"count"`
	}
	must(c.Call(ctx, "org.feedd.Count", map[string]bool{"all": true}, &counted))
	fmt.Println(counted.Count)

	receive, err := c.Send(ctx, "org.feedd.List", map[string]bool{"all": true}, varlink.More)
	must(err)
	for {
		var page struct {
			Items []orgfeedd.Item `json:"items"`
		}
		flags, err := receive(ctx, &page)
		must(err)
		for _, item := range page.Items {
			fmt.Println(*item.Id, *item.Title, *item.Tags, *item.Read)
		}
		if flags&varlink.Continues == 0 {
			break
		}
	}

	err = c.Call(ctx, "org.feedd.Explain", map[string]string{"feed": "nothing"}, nil)
	fmt.Println(err.(*varlink.Error).Name)
	err = c.Call(ctx, "org.feedd.Count", map[string]int{"bogus": 1}, nil)
	fmt.Printf("%T\n", err)
}
